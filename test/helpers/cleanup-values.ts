import { chooseRows, type Purpose } from '../../src/core/cleanup/choose.ts';
import { type CleanupPlan, planCleanup } from '../../src/core/cleanup/plan.ts';
import { type CleanupFlags, type CleanupPolicy, settlePolicy } from '../../src/core/cleanup/policy.ts';
import type { CleanupRow, FileFacts, LockHolder } from '../../src/core/cleanup/snapshot.ts';
import type { SessionConfig } from '../../src/core/config.ts';
import { rowBytes } from '../../src/core/cleanup/store-text.ts';
import { sidecarNames } from '../../src/core/transcript-names.ts';

export const nowMs = Date.UTC(2026, 10, 20, 12);
export const dayMs = 86_400_000;
export const days = (count: number): number => count * dayMs;

/** An entry that was updated so long ago. */
export function entry(ageMs: number, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { updatedAt: nowMs - ageMs, ...fields };
}

export interface RowOptions {
  readonly exists?: boolean;
  readonly copies?: readonly string[];
  readonly lock?: LockHolder;
}

/** A row whose transcript lies in the folder under the name that the entry gives, or its session id. */
export function row(key: string, stored: unknown, options: RowOptions = {}): CleanupRow {
  const fields = (typeof stored === 'object' ? stored : {}) as { sessionId?: string; sessionFile?: string } | null;
  const name = fields?.sessionFile ?? (fields?.sessionId === undefined ? undefined : `${fields.sessionId}.jsonl`);
  return {
    key,
    entry: stored,
    bytes: rowBytes({ key, entry: stored }),
    files: {
      path: name === undefined ? undefined : `/sessions/${name}`,
      exists: options.exists ?? name !== undefined,
      own: name === undefined ? [] : [name, ...Object.values(sidecarNames(name))],
      copies: options.copies ?? [],
      lock: options.lock,
    },
  };
}

export interface PlanOptions {
  readonly rows: readonly CleanupRow[];
  readonly otherRows?: readonly CleanupRow[];
  readonly session?: SessionConfig;
  readonly flags?: CleanupFlags;
  readonly purpose?: Purpose;
  /** Files beside the store: name -> size and age. */
  readonly files?: Readonly<Record<string, { readonly bytes?: number; readonly ageMs?: number }>>;
  readonly locks?: readonly string[];
  /** Existing transcripts of a row, where they are not the one it names. */
  readonly archivable?: Readonly<Record<string, readonly string[]>>;
  readonly sidecars?: Readonly<Record<string, readonly string[]>>;
  readonly subfolders?: Readonly<Record<string, readonly string[]>>;
  readonly storeNames?: readonly string[];
}

/** Plans a cleanup of a made-up folder. Files that no row names are ten bytes and forty days old. */
export function plan(options: PlanOptions): CleanupPlan {
  const { rows, purpose = 'apply', files = {} } = options;
  const policy: CleanupPolicy = settlePolicy(options.session ?? {}, options.flags ?? {});
  const chosen = chooseRows({ rows, policy, purpose, agentId: 'main', nowMs });
  const facts = new Map<string, FileFacts>(
    Object.entries(files).map(([name, { bytes = 10, ageMs = days(40) }]) => [name, { bytes, mtimeMs: nowMs - ageMs }]),
  );
  const direct = Object.keys(files).filter((name) => !name.includes('/'));
  return planCleanup({
    chosen,
    policy,
    purpose,
    snapshot: {
      nowMs,
      rows,
      otherRows: options.otherRows ?? [],
      store: {
        names: options.storeNames ?? ['sessions.json'],
        exists: true,
        bytesInFolder: facts.get('sessions.json')?.bytes ?? 0,
      },
      folder: {
        files: new Set(direct),
        facts,
        locks: new Map((options.locks ?? []).map((name) => [name, { path: `/sessions/${name}.lock`, pid: 7 }])),
        archivable: new Map(
          rows.map((each) => [
            each,
            options.archivable?.[each.key] ?? each.files.own.filter((name) => isTranscript(name, files)),
          ]),
        ),
        subfolders: new Map(Object.entries(options.subfolders ?? {})),
        sidecars: new Map(
          rows.map((each) => [
            each,
            options.sidecars?.[each.key] ?? each.files.own.slice(1).filter((name) => name in files),
          ]),
        ),
      },
    },
  });
}

function isTranscript(name: string, files: object): boolean {
  return name in files && !/\.trajectory(?:\.jsonl|-path\.json)$/.test(name);
}

/** What is done to files, shortly: `archive a.jsonl`, `delete b.jsonl`. */
export function stepsOf({ steps }: CleanupPlan): readonly string[] {
  return steps.map(({ effect, file }) => `${effect} ${file}`);
}

/** What happens to the rows: key -> action. */
export function actionsOf({ rows }: CleanupPlan): Readonly<Record<string, string>> {
  return Object.fromEntries(rows.map(({ row: { key }, action }) => [key, action]));
}
