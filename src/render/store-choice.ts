import type { AuthorityFinding, DatabaseFacts } from '../core/authority.ts';
import type { StoreChoice } from '../stores/choose.ts';

/** What the user should know about the store that was read, one line each; usually nothing. */
export function choiceNotices({ agentId, path, reason }: StoreChoice): readonly string[] {
  if (reason.how === 'mapped')
    return [`${reason.named} does not exist; reading the database that took its place: ${path}`];
  if (reason.how === 'named') return [];
  const { jsonPath, facts, findings } = reason;
  const files = { json: jsonPath, database: facts.databasePath };
  return findings.map((finding) => `Agent ${agentId}: ${findingText(finding, files)}`);
}

function findingText(finding: AuthorityFinding, { json, database }: { json: string; database: string }): string {
  switch (finding) {
    case 'json-stale':
      return `${json} is ignored, the SQLite store is newer. To read it all the same: --store ${json}`;
    case 'json-newer':
      return (
        `two stores: ${json} was written after every session in ${database}, ` +
        `so an older OpenClaw may be using it again. The database is read; for the other one: --store ${json}`
      );
    case 'import-incomplete':
      return (
        `${json} lies beside a SQLite store with sessions, and there is no trace of a finished import. ` +
        'The database is read. To check: openclaw doctor --session-sqlite validate'
      );
    case 'not-migrated':
      return (
        `${json} is not migrated: ${database} has no sessions, and a newer OpenClaw shows none. ` +
        'To see what a migration would do: openclaw doctor --session-sqlite dry-run'
      );
    case 'json-restored':
      return (
        `${json} was migrated once, but ${database} has no sessions and is older. The JSON store is read; ` +
        `for the other one: --store ${database}`
      );
    case 'database-emptied':
      return `the sessions in ${database} were all deleted after ${json} was written. To read it all the same: --store ${json}`;
    case 'database-gone':
      return `${json} was migrated once, but the database is not there: ${database}. The JSON store is read`;
    case 'database-foreign':
      return `${database} is not a session database. The JSON store is read`;
    case 'database-forbidden':
      return `${json} is read, but it may be an old one: this user may not look at ${database}`;
  }
}

/** What was found for an agent and what was chosen, for `--verbose`. */
export function describeChoice({ agentId, kind, path, reason }: StoreChoice): string {
  const chosen = `${kind === 'json' ? 'JSON' : 'SQLite'} store ${path}`;
  switch (reason.how) {
    case 'named':
      return `Agent ${agentId}: ${chosen}, as --store says`;
    case 'mapped':
      return `Agent ${agentId}: ${chosen}, for ${reason.named}`;
    case 'found': {
      const { json, database, migration } = reason.facts;
      const found = [
        json === undefined ? 'no JSON store' : 'a JSON store',
        databaseText(database),
        migration === undefined ? 'no import' : 'traces of an import',
      ];
      return `Agent ${agentId}: found ${found.join(', ')}; reading ${chosen}`;
    }
  }
}

function databaseText(database: DatabaseFacts): string {
  switch (database.state) {
    case 'absent':
      return 'no database';
    case 'foreign':
      return 'a file that is no session database';
    case 'without-sessions':
      return 'a database without session tables';
    case 'unopened':
      return 'a database';
    case 'forbidden':
      return 'a folder or database that may not be looked at';
    case 'sessions':
      return `a database with ${database.rows} sessions`;
  }
}
