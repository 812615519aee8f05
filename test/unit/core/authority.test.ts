import { expect, test } from 'vitest';
import {
  type Authority,
  type AuthorityFinding,
  decideAuthority,
  type StoreFacts,
} from '../../../src/core/authority.ts';

const noon = 1_795_000_000_000;
const before = noon - 1;
const after = noon + 1;

const json = { mtimeMs: before };
const absent = { state: 'absent' } as const;
const withoutSessions = { state: 'without-sessions' } as const;
const foreign = { state: 'foreign' } as const;
const unopened = { state: 'unopened' } as const;
const filled = { state: 'sessions', rows: 9, newestMs: noon } as const;
const empty = { state: 'sessions', rows: 0 } as const;
const emptied = { state: 'sessions', rows: 0, newestMs: noon } as const;
const migrated = { archivedStore: '/archive/legacy-store.sessions.json.imported-1' };

type Expected = readonly [store: Authority['store'], ...findings: readonly AuthorityFinding[]];

const table: readonly (readonly [string, StoreFacts, Expected])[] = [
  ['a JSON store alone is read', { json, database: absent, migration: undefined }, ['json']],
  ['a database alone is read', { json: undefined, database: filled, migration: undefined }, ['sqlite']],
  ['a migrated store is read from SQLite', { json: undefined, database: filled, migration: migrated }, ['sqlite']],
  ['an empty database alone is read', { json: undefined, database: empty, migration: undefined }, ['sqlite']],
  [
    'a stale JSON file beside a migrated store is ignored',
    { json, database: filled, migration: migrated },
    ['sqlite', 'json-stale'],
  ],
  [
    'a JSON file written after the newest row does not take over, but is reported',
    { json: { mtimeMs: after }, database: filled, migration: migrated },
    ['sqlite', 'json-newer'],
  ],
  [
    'an updatedAt newer than the newest row is reported too, however old the file',
    { json: { mtimeMs: before, newestUpdatedAtMs: after }, database: filled, migration: migrated },
    ['sqlite', 'json-newer'],
  ],
  [
    'rows without a trace of the import mean an import that did not finish',
    { json, database: filled, migration: undefined },
    ['sqlite', 'import-incomplete'],
  ],
  [
    'and when the JSON file is newer than every row, that is said as well',
    { json: { mtimeMs: after }, database: filled, migration: undefined },
    ['sqlite', 'import-incomplete', 'json-newer'],
  ],
  [
    'an empty database without an import leaves the JSON store in charge',
    { json, database: empty, migration: undefined },
    ['json', 'not-migrated'],
  ],
  [
    'an emptied database wins over a JSON file from before',
    { json, database: emptied, migration: migrated },
    ['sqlite', 'database-emptied'],
  ],
  [
    'a JSON file written after the database was emptied is a restored one',
    { json: { mtimeMs: after }, database: emptied, migration: migrated },
    ['json', 'json-restored'],
  ],
  [
    'a JSON file beside a database that holds nothing at all is a restored one',
    { json, database: empty, migration: migrated },
    ['json', 'json-restored'],
  ],
  [
    'a database without session tables does not count',
    { json, database: withoutSessions, migration: undefined },
    ['json'],
  ],
  [
    'a JSON store that was migrated once, but has no database, is read with a warning',
    { json, database: absent, migration: migrated },
    ['json', 'database-gone'],
  ],
  [
    'the same with a database without session tables',
    { json, database: withoutSessions, migration: {} },
    ['json', 'database-gone'],
  ],
  [
    'when only the import archive is left, there is no store',
    { json: undefined, database: absent, migration: migrated },
    ['archived'],
  ],
  [
    'the same with a database without session tables and no JSON file',
    { json: undefined, database: withoutSessions, migration: migrated },
    ['archived'],
  ],
  ['nothing anywhere is an empty store', { json: undefined, database: absent, migration: undefined }, ['none']],
  [
    'a database without session tables alone is an empty store',
    { json: undefined, database: withoutSessions, migration: undefined },
    ['none'],
  ],
  [
    'a file that is no database does not hide the JSON store',
    { json, database: foreign, migration: undefined },
    ['json', 'database-foreign'],
  ],
  [
    'a file that is no database is not taken for an empty store',
    { json: undefined, database: foreign, migration: undefined },
    ['sqlite'],
  ],
  [
    'a database that cannot be looked into is not passed over for an older JSON file',
    { json, database: unopened, migration: undefined },
    ['sqlite'],
  ],
  [
    'a database that this user may not look at is probably not one of sessions where there is a JSON store',
    { json, database: { state: 'forbidden' }, migration: undefined },
    ['json', 'database-forbidden'],
  ],
  [
    'and is not passed over where there is none',
    { json: undefined, database: { state: 'forbidden' }, migration: undefined },
    ['sqlite'],
  ],
  ['nor for an empty store', { json: undefined, database: unopened, migration: migrated }, ['sqlite']],
];

test.each(table)('%s', (_name, facts, [store, ...findings]) => {
  expect(decideAuthority(facts)).toEqual({ store, findings });
});
