import { classifyName } from '../transcript-names.ts';
import { type Purpose, type RowChoice, sessionIdOf, updatedAtOf } from './choose.ts';
import { type Ledger, oldestFirst } from './ledger.ts';
import type { References } from './references.ts';
import type { CleanupRow, StoreFacts } from './snapshot.ts';
import type { Guard } from './steps.ts';

/** The budget's part of the report; keys as in JSON. */
export interface DiskBudgetReport {
  readonly totalBytesBefore: number;
  readonly totalBytesAfter: number;
  readonly removedFiles: number;
  readonly removedEntries: number;
  /** Files only: what the store shrank by is not counted. */
  readonly freedBytes: number;
  readonly maxBytes: number;
  readonly highWaterBytes: number;
  /** Whether the folder was over its budget before. */
  readonly overBudget: boolean;
}

export interface DiskBudgetInput {
  readonly store: StoreFacts;
  readonly purpose: Purpose;
  /** The rows that remain so far, in store order. */
  readonly choices: readonly RowChoice[];
  readonly references: References;
  readonly ledger: Ledger;
  readonly maxBytes: number;
  readonly highWaterBytes: number;
  /** False in warn mode: measure and report only. */
  readonly enforcing: boolean;
}

/**
 * Brings the folder down to the high-water mark when it is over its budget (OpenClaw 2026.5.12;
 * docs/commands/cleanup.md, disk budget): archives and unreferenced files of any age first, oldest first; then rows with
 * their files, least recently updated first. Files are deleted, not archived. Young files and files in use stay, and a
 * row stays with them (V16).
 *
 * Measured are the regular files directly in the folder, with the store as it will be written in place of its size now.
 */
export function enforceDiskBudget(input: DiskBudgetInput): {
  readonly report: DiskBudgetReport;
  readonly evicted: readonly CleanupRow[];
} {
  const { store, choices, ledger, maxBytes, highWaterBytes } = input;
  const totalBytesBefore = measure(ledger, store) + choices.reduce((sum, { row }) => sum + row.bytes, emptyStoreBytes);
  const overBudget = totalBytesBefore > maxBytes;
  const count: Count = { total: totalBytesBefore, removedFiles: 0, freedBytes: 0 };
  const evicted: CleanupRow[] = [];
  if (overBudget && input.enforcing) {
    deleteFiles(input, count);
    evicted.push(...evictRows(input, count));
  }
  return {
    evicted,
    report: {
      totalBytesBefore,
      totalBytesAfter: count.total,
      removedFiles: count.removedFiles,
      removedEntries: evicted.length,
      freedBytes: count.freedBytes,
      maxBytes,
      highWaterBytes,
      overBudget,
    },
  };
}

interface Count {
  total: number;
  removedFiles: number;
  freedBytes: number;
}

/** `{}` */
const emptyStoreBytes = 2;

function measure(ledger: Ledger, store: StoreFacts): number {
  let bytes = -store.bytesInFolder;
  for (const file of ledger.files()) bytes += ledger.factsOf(file)?.bytes ?? 0;
  return bytes;
}

function deleteFiles({ ledger, references, highWaterBytes }: DiskBudgetInput, count: Count): void {
  const removable = [...ledger.files()].filter((file) => isRemovable(file, references, ledger));
  for (const file of oldestFirst(removable, ledger)) {
    if (count.total <= highWaterBytes) return;
    const isTopic = classifyName(file) !== 'archive' && references.keeps(file) === 'topic';
    const guard: Guard | undefined = isTopic ? { code: 'topic' } : ledger.guardWithGrace(file);
    if (guard === undefined) deleteCounted(file, ledger, count);
    else ledger.holdBack({ kind: 'file', file, why: 'disk-budget', guard });
  }
}

/** Archives, and files of the kinds that the artifact step removes; none that a remaining row names (V10). */
function isRemovable(file: string, references: References, ledger: Ledger): boolean {
  if (ledger.isStore(file)) return false;
  return classifyName(file) !== 'other' && references.keeps(file) !== 'named';
}

function evictRows(input: DiskBudgetInput, count: Count): CleanupRow[] {
  const { choices, ledger, references, purpose, highWaterBytes } = input;
  const evictable = choices.filter(({ protection }) => protection === undefined).map(({ row }) => row);
  const evicted: CleanupRow[] = [];
  for (const row of leastRecentFirst(evictable)) {
    if (count.total <= highWaterBytes) break;
    references.drop(row);
    const files = filesOf(row, references, ledger);
    const guard = guardOf(row, files, ledger);
    if (guard === undefined) {
      evicted.push(row);
      count.total -= row.bytes;
      for (const file of files) {
        // A preview of the reference does not know of files in sub-folders.
        if (purpose === 'preview' && file.includes('/')) ledger.delete(file, 'disk-budget', row.key);
        else deleteCounted(file, ledger, count, row.key);
      }
    } else {
      references.add(row);
      ledger.holdBack({ kind: 'row', key: row.key, action: 'evict-budget', guard });
    }
  }
  return evicted;
}

/**
 * The files that go with a row: none of one that names no session, or while another row has its session, and none that
 * another row keeps.
 */
function filesOf({ entry, files }: CleanupRow, references: References, ledger: Ledger): readonly string[] {
  const sessionId = sessionIdOf(entry);
  if (sessionId === undefined || references.hasSession(sessionId)) return [];
  return files.own.filter(
    (file) => ledger.factsOf(file) !== undefined && !ledger.isStore(file) && references.keeps(file) === undefined,
  );
}

function guardOf(row: CleanupRow, files: readonly string[], ledger: Ledger): Guard | undefined {
  if (row.files.lock !== undefined) return { code: 'in-use', lock: row.files.lock };
  return files.map((file) => ledger.guardWithGrace(file)).find((guard) => guard !== undefined);
}

/** An empty file goes without being counted. */
function deleteCounted(file: string, ledger: Ledger, count: Count, key?: string): void {
  const bytes = ledger.factsOf(file)?.bytes ?? 0;
  ledger.delete(file, 'disk-budget', key);
  count.total -= bytes;
  count.freedBytes += bytes;
  if (bytes > 0) count.removedFiles++;
}

/** Ties keep store order; what is no finite number counts as 0. */
function leastRecentFirst(rows: readonly CleanupRow[]): readonly CleanupRow[] {
  const timed = rows.map((row) => ({ row, time: evictionTime(updatedAtOf(row.entry)) }));
  return timed.sort((a, b) => a.time - b.time).map(({ row }) => row);
}

function evictionTime(updatedAt: unknown): number {
  return typeof updatedAt === 'number' && Number.isFinite(updatedAt) ? updatedAt : 0;
}
