import { isJsonObject, type JsonObject } from '../core/json.ts';
import { printableLine } from '../core/printable.ts';

/**
 * A cleanup that the Gateway did, as text: per store what the reference prints, whatever the payload holds. Paths are
 * those of the Gateway's host.
 */
export function renderForwardedCleanup(payload: unknown): string {
  const stores = storesOf(payload);
  return stores.map((store) => storeLines(store, stores.length > 1).join('')).join('\n');
}

/** The message of a cleanup that the Gateway did only in part (2026.9.6); undefined when it did all. */
export function partialFailure(payload: unknown): string | undefined {
  for (const store of [payload, ...storesOf(payload)]) {
    const error = isJsonObject(store) ? store['partialError'] : undefined;
    if (typeof error === 'string') return error;
    if (isJsonObject(error) && typeof error['message'] === 'string') return error['message'];
    if (error !== undefined && error !== null) return 'the Gateway did only a part of it';
  }
  return undefined;
}

function storesOf(payload: unknown): readonly JsonObject[] {
  const summary = isJsonObject(payload) ? payload : {};
  const { stores } = summary;
  return Array.isArray(stores) ? stores.map((store: unknown) => (isJsonObject(store) ? store : {})) : [summary];
}

function storeLines(store: JsonObject, withAgent: boolean): string[] {
  const artifacts = isJsonObject(store['unreferencedArtifacts']) ? store['unreferencedArtifacts'] : {};
  const removed = artifacts['removedFiles'];
  return [
    ...(withAgent ? [`Agent: ${shown(store['agentId'])}`] : []),
    // As the reference: a summary without a path reads "undefined".
    `Session store: ${shown(store['storePath'])}`,
    `Applied maintenance. Current entries: ${shown(store['appliedCount'] ?? 0)}`,
    ...(typeof removed === 'number' && removed > 0 ? [`Pruned unreferenced artifacts: ${removed}`] : []),
  ].map((line) => `${printableLine(line)}\n`);
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? 'undefined' : JSON.stringify(value);
