/** What a branch is found by: an entry and the one before it. */
export interface BranchLink {
  readonly id: string;
  /** As stored: only a non-empty string leads anywhere. */
  readonly parentId: unknown;
}

export interface Branch<T extends BranchLink> {
  /** From the root to the leaf. */
  readonly entries: readonly T[];
  /** How the walk from the leaf ended: at a root, at a parent that is not there, or at an entry it had seen before. */
  readonly end: 'root' | 'missing-parent' | 'cycle';
}

/**
 * The branch that is active: from the last entry of the file along the parents to the root. Of entries with one id the
 * last counts. OpenClaw 2026.5.12 does the same, but never ends on a cycle (V12).
 *
 * @param entries in file order
 */
export function activeBranch<T extends BranchLink>(entries: readonly T[]): Branch<T> {
  const byId = new Map<string, T>();
  for (const entry of entries) byId.set(entry.id, entry);
  const seen = new Set<T>();
  let end: Branch<T>['end'] = 'root';
  let entry = entries.at(-1);
  while (entry !== undefined && !seen.has(entry)) {
    seen.add(entry);
    const { parentId } = entry;
    if (parentId == null || parentId === '') break;
    entry = typeof parentId === 'string' ? byId.get(parentId) : undefined;
    end = entry === undefined ? 'missing-parent' : seen.has(entry) ? 'cycle' : 'root';
  }
  return { entries: [...seen].reverse(), end };
}
