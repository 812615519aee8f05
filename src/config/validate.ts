import { isJsonObject } from '../core/json.ts';
import type { Issue } from './refusal.ts';
import { configSchema } from './schema.ts';

/** What is wrong with a config that has been read; empty when it may be used. */
export function validateConfig(config: unknown): readonly Issue[] {
  const issues: Issue[] = [];
  configSchema.check(config, [], {
    report: ({ path, message }) => issues.push({ path: path.join('.'), message }),
    refuseUnknownKeys: !isFromLaterRelease(config),
  });
  return issues;
}

/**
 * Whether a release later than the one whose schema we know wrote this config. Its unknown keys may be new ones, so
 * they pass: the tool serves every release (V21, docs/deviations.md).
 */
function isFromLaterRelease(config: unknown): boolean {
  if (!isJsonObject(config)) return false;
  const { meta, agents } = config;
  if (isJsonObject(agents) && Object.hasOwn(agents, 'entries')) return true;
  return isJsonObject(meta) && isLaterRelease(meta['lastTouchedVersion']);
}

/** The release whose config schema and behaviour this tool replicates. */
const knownRelease = [2026, 5, 12] as const;

function isLaterRelease(version: unknown): boolean {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?!\d)/.exec(typeof version === 'string' ? version.trim() : '');
  if (match === null) return false;
  const parts = match.slice(1).map(Number);
  const differing = knownRelease.findIndex((part, index) => part !== parts[index]);
  return differing !== -1 && (parts[differing] ?? 0) > (knownRelease[differing] ?? 0);
}
