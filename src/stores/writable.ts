import { SessionsError } from '../errors.ts';
import { chooseStores, type StoreChoice } from './choose.ts';
import type { StoreTarget } from './types.ts';

/**
 * Makes sure that a change of these targets changes the files that OpenClaw reads: JSON stores. A database is changed by
 * its runtime alone, and a JSON file beside one is history, unless `--store` names that very file.
 *
 * @param purpose a preview is refused too: what the runtime of a database keeps is its own decision
 * @returns the choices, for what should be said about them
 * @throws SessionsError STORE_NOT_OURS; what choosing a store throws
 */
export async function requireJsonStores(
  targets: readonly StoreTarget[],
  stateDir: string,
  purpose: 'change' | 'preview',
): Promise<readonly StoreChoice[]> {
  const choices: StoreChoice[] = [];
  for (const target of targets) choices.push(...(await chooseStores(target, stateDir)));
  const database = choices.find(({ kind }) => kind === 'sqlite');
  if (database !== undefined) throw notOurs(database, purpose);
  const hidden = choices.find(({ reason }) => reason.how === 'found' && reason.findings.includes('database-forbidden'));
  if (hidden !== undefined) throw notKnown(hidden);
  return choices;
}

function notOurs({ agentId, path, reason }: StoreChoice, purpose: 'change' | 'preview'): SessionsError {
  const stale = reason.how === 'found' && reason.facts.json !== undefined ? reason.jsonPath : undefined;
  const hints = [
    purpose === 'preview'
      ? 'A preview of what OpenClaw would do: openclaw sessions cleanup --dry-run'
      : 'Start the Gateway and run this again: it does the work (openclaw gateway run). Or run: openclaw sessions cleanup',
    ...(stale === undefined
      ? []
      : [`The JSON store beside it is not used any more; to clean it up all the same: --store ${stale}`]),
  ];
  return new SessionsError(
    'STORE_NOT_OURS',
    `The sessions of agent ${agentId} are in a SQLite database, which only OpenClaw itself may change: ${path}`,
    { hint: hints.join('\n'), details: { agentId, path, ...(stale === undefined ? {} : { stale }) } },
  );
}

function notKnown({ agentId, path, reason }: StoreChoice): SessionsError {
  const database = reason.how === 'found' ? reason.facts.databasePath : '';
  return new SessionsError(
    'STORE_NOT_OURS',
    `The sessions of agent ${agentId} may be in a SQLite database that this user may not look at: ${database}`,
    { hint: `Run it as the owner, or name the JSON store: --store ${path}`, details: { agentId, path, database } },
  );
}
