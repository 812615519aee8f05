import { type AuthorityFinding, decideAuthority } from '../core/authority.ts';
import { isDatabasePath, storeFiles } from '../core/store-files.ts';
import { SessionsError } from '../errors.ts';
import { mayExist } from '../files/absence.ts';
import { gatherFacts, type GatheredFacts } from './facts.ts';
import { lookAtDatabase } from './sqlite/files.ts';
import type { StoreKind, StoreTarget } from './types.ts';

/** The store that is read for a target, and why. */
export interface StoreChoice {
  readonly agentId: string;
  readonly kind: StoreKind;
  /** The file that is read; it need not exist. */
  readonly path: string;
  readonly reason: ChoiceReason;
}

export type ChoiceReason =
  /** `--store` names an existing file, which always wins. */
  | { readonly how: 'named' }
  /** `--store` names a JSON store that is not there; its database is. */
  | { readonly how: 'mapped'; readonly named: string }
  /** What lies on disk decided. */
  | {
      readonly how: 'found';
      readonly jsonPath: string;
      readonly facts: GatheredFacts;
      readonly findings: readonly AuthorityFinding[];
    };

/**
 * Chooses the store that a target stands for: the JSON file or the database (docs/stores.md). Reads both as far as it
 * takes to choose, and writes nothing.
 *
 * @param stateDir where migrations leave their manifests
 * @throws SessionsError STORE_MISSING when only the archive of a migration is left; what reading the database throws when
 *   it fails beside a JSON store, because which of the two is the live one is not known then
 */
export async function chooseStore(target: StoreTarget, stateDir: string): Promise<StoreChoice> {
  return target.isNamed === true ? chooseNamed(target) : await chooseFound(target, stateDir);
}

/**
 * The same for several targets. Agents that share one JSON path have databases of their own after a migration, so one
 * target may become several stores; each path comes once.
 */
export async function chooseStores(target: StoreTarget, stateDir: string): Promise<readonly StoreChoice[]> {
  const choices = [await chooseStore(target, stateDir)];
  for (const agentId of target.sharedBy ?? []) {
    const own = storeFiles(target.path, agentId).databases[0];
    if (own === undefined || !mayExist(own)) continue;
    const choice = await chooseStore({ agentId, path: target.path }, stateDir);
    if (choices.every(({ path }) => path !== choice.path)) choices.push(choice);
  }
  return choices;
}

function chooseNamed({ agentId, path }: StoreTarget): StoreChoice {
  const seen = look(path);
  const named = (kind: StoreKind): StoreChoice => ({ agentId, kind, path, reason: { how: 'named' } });
  if (seen === 'database' || isDatabasePath(path)) return named('sqlite');
  const mapped = seen === 'absent' ? storeFiles(path, agentId).databases.find(mayExist) : undefined;
  return mapped === undefined
    ? named('json')
    : { agentId, kind: 'sqlite', path: mapped, reason: { how: 'mapped', named: path } };
}

async function chooseFound({ agentId, path }: StoreTarget, stateDir: string): Promise<StoreChoice> {
  const facts = await gatherFacts(storeFiles(path, agentId), stateDir);
  if (facts.failure !== undefined && facts.json !== undefined) throw besideJson(facts.failure, path);
  const { store, findings } = decideAuthority(facts);
  if (store === 'archived') throw archived(facts, path);
  const kind = store === 'sqlite' ? 'sqlite' : 'json';
  return {
    agentId,
    kind,
    path: kind === 'sqlite' ? facts.databasePath : path,
    reason: { how: 'found', jsonPath: path, facts, findings },
  };
}

function look(path: string): 'absent' | 'database' | 'other' {
  try {
    const seen = lookAtDatabase(path);
    if (seen === undefined) return 'absent';
    return typeof seen.header === 'object' ? 'database' : 'other';
  } catch {
    return 'other';
  }
}

function besideJson({ code, message, details, cause }: SessionsError, json: string): SessionsError {
  return new SessionsError(code, message, {
    hint: `Nothing was changed. To read the JSON store beside it, which may be an old one: --store ${json}`,
    ...(details === undefined ? {} : { details }),
    cause,
  });
}

function archived({ migration, databasePath }: GatheredFacts, store: string): SessionsError {
  const archivedStore = migration?.archivedStore;
  return new SessionsError(
    'STORE_MISSING',
    `Session store is gone: ${store} was migrated to SQLite, but ${databasePath} does not hold it`,
    {
      hint:
        archivedStore === undefined
          ? 'Restore the database from a backup, or run: openclaw doctor --session-sqlite restore'
          : `The sessions as they were before the migration: --store ${archivedStore}`,
      details: { path: store, databasePath, ...(archivedStore === undefined ? {} : { archivedStore }) },
    },
  );
}
