import fc from 'fast-check';
import { sometimes } from './sometimes.ts';
import { folderOf, type FileState, type State, type StoreContent, type StoreState } from './state.ts';
import { configuration, type ConfigShape } from './configs.ts';

/**
 * Random states for the property tests and for the comparison with the real program. They shrink: towards no rows, no
 * files, no fields. Names come from small pools, so that rows and files meet.
 */

const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** What a caller wants of a state. */
export interface StateOptions {
  /** Fields that only a listing shows, or only a cleanup minds. */
  readonly entries: 'list' | 'cleanup';
  /** Transcripts, sidecars, archives and other files beside the stores. */
  readonly files: boolean;
  readonly maxRows: number;
  /** Control characters in keys. */
  readonly controls?: boolean;
  /** Times that are texts of no number (V27): the order of rows is open then. */
  readonly wrongTimes?: boolean;
  /** How often a store is absent or damaged, in percent. */
  readonly oddStores?: number;
  readonly config: ConfigShape;
}

/** The same of one store. */
export type StoreOptions = Omit<StateOptions, 'config'>;

/** A whole state: config, a store for every agent that the config names, what lies beside them. */
export function states(options: StateOptions): fc.Arbitrary<State> {
  return configuration(options.config).chain(({ config, writing, storePaths, agents }) =>
    fc
      .tuple(...storePaths.map((path, index) => storeState(path, agents[index] ?? 'main', options)))
      .chain((stores) => elsewhere(options).map((files): State => ({ config, writing, stores, files }))),
  );
}

/** One store and what lies beside it. */
export function storeState(path: string, agent: string, options: StoreOptions): fc.Arbitrary<StoreState> {
  const { maxRows, oddStores = 8 } = options;
  const rows = fc.uniqueArray(row(agent, options), { selector: ({ key }) => key, maxLength: maxRows, size: 'max' });
  const good: fc.Arbitrary<Made> = fc.record({
    form: fc.constantFrom('two-space', 'two-space', 'compact', 'line-end', 'tab'),
    rows,
  });
  const odd = fc.constantFrom<StoreContent & { form: 'absent' | 'damaged' }>(
    { form: 'absent' },
    { form: 'damaged', text: '' },
    { form: 'damaged', text: '[]' },
    { form: 'damaged', text: 'null' },
    { form: 'damaged', text: '{"agent:main:main": {"sessionId": "a", "upd' },
    { form: 'damaged', text: '\ufeff{}' },
  );
  return fc
    .record({
      made: fc.oneof({ weight: 100 - oddStores, arbitrary: good }, { weight: oddStores, arbitrary: odd }),
      ageMs: options.files ? sometimes(50, oldAge) : fc.constant(undefined),
      files: options.files
        ? fc.uniqueArray(fileBeside, { selector: ({ name }) => name, maxLength: 10, size: 'max' })
        : fc.constant([]),
    })
    .map(({ made, ageMs, files }): StoreState => {
      const age = ageMs === undefined ? {} : { ageMs };
      if (!('rows' in made)) return { path, ...age, content: made, files };
      const own = options.files ? made.rows.flatMap(({ files: rowFiles }) => rowFiles) : [];
      return {
        path,
        ...age,
        content: { form: made.form, rows: made.rows.map(({ key, entry }) => [key, entry] as const) },
        files: [...own, ...files].filter(({ name }) => name !== path.slice(folderOf(path).length + 1)),
      };
    });
}

/** A store and what its rows bring along. */
interface Made {
  readonly form: 'two-space' | 'compact' | 'line-end' | 'tab';
  readonly rows: readonly MadeRow[];
}

interface MadeRow {
  readonly key: string;
  readonly entry: unknown;
  /** What lies beside the store for this row. */
  readonly files: readonly FileState[];
}

// Keys

/** Keys of every kind, in the store of an agent; the digit tells some of a kind apart. */
export function sessionKey(agent: string, controls = false): fc.Arbitrary<string> {
  const kinds = [
    'agent:A:main',
    'agent:A:telegram:direct:N',
    'agent:A:direct:pN',
    'agent:A:telegram:work:direct:pN',
    'agent:A:telegram:dm:N',
    'agent:A:telegram:group:-N',
    'agent:A:discord:channel:N',
    'agent:A:discord:channel:4:thread:N',
    'agent:A:telegram:group:-1:topic:N',
    'agent:A:telegram:direct:9:topic:N',
    'agent:A:telegram:direct:N:thread:4',
    'agent:A:main:thread:N',
    'agent:A:cron:jobN',
    'agent:A:cron:jobN:run:abc',
    'agent:A:subagent:N',
    'agent:A:subagent:a:subagent:N',
    'agent:A:acp:N',
    'agent:A:explicit:N',
    'agent:A:dashboard:N',
    'agent:A:hook:N',
    'agent:A:node-N',
    'agent:A:main:heartbeat',
    'agent:A:telegram:group:-5:heartbeat',
    'agent:A:slack:room:rN',
    'agent:A:whatsapp:N@g.us',
    'agent:other:telegram:group:N',
    'agent:other:main',
    'agent:A::direct:pN',
    'agent:A:direct:direct:xN',
    'agent:A:explicit:model-run-0000000N-0000-4000-8000-000000000000',
  ];
  const odd = [
    'global',
    'unknown',
    'GLOBAL',
    ' global',
    'main',
    'node-7',
    'node:n7',
    'cron:job',
    'group:1',
    'telegram:group:-7',
    'Telegram:Group:1',
    ':group:',
    'x:channel:y',
    'Agent:Main:Telegram:Direct:5',
    'AGENT:work:main',
    'agent:w o r k:z',
    'agent:main:',
    'agent::main',
    'agent:main',
    'agent:::',
    '::agent:main:x',
    '',
    '   ',
    ' agent:main:x ',
    '12',
    '3',
    '0',
    '-1',
    '01',
    '4294967295',
    '1e3',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '../x',
    '-rf',
    'a/b',
    'agent:main:\u043a\u043b\u044e\u0447',
    '\u6f22\u5b57',
    'agent:main:\u{1f468}\u200d\u{1f469}',
    'x'.repeat(26),
    'x'.repeat(27),
    'y'.repeat(200),
    '"quoted"',
    'back\\slash',
    'agent:main:\u00e9',
    'agent:main:e\u0301',
    'agent:main:GROUP:1',
    'agent:A.B:cron:z',
    'agent:-x-:q',
  ];
  const wild = [
    'line\nend',
    'a\tb',
    'esc\u001b[31mape',
    'bell\u0007',
    'del\u007f',
    'nul\u0000',
    'agent:main:\u202eright',
  ];
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .tuple(fc.constantFrom(...kinds), fc.integer({ min: 1, max: 9 }))
        .map(([kind, digit]) => kind.replace(/\bA\b/, agent).replace('N', String(digit))),
    },
    { weight: 3, arbitrary: fc.constantFrom(...odd) },
    ...(controls ? [{ weight: 1, arbitrary: fc.constantFrom(...wild) }] : []),
  );
}

// Times

/**
 * Ages that stay on their side of every limit while a slow program starts: limits in configs are full or half hours, and
 * these a quarter past a full one, a minute before the next text (`15m ago`); or clearly younger than the five minutes
 * of V16.
 */
export const oldAge: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 60 }).map((hours) => hours * hourMs + 871_000),
  fc.integer({ min: 1, max: 100 }).map((days) => days * dayMs + 871_000),
);
const youngAge = fc.constantFrom(31_000, 91_000, 151_000);

const updatedAt: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 40, arbitrary: oldAge.map(($ago) => ({ $ago })) },
  { weight: 2, arbitrary: youngAge.map(($ago) => ({ $ago })) },
  { weight: 2, arbitrary: fc.constant({ $ago: -2 * hourMs - 20 * 60_000 }) },
  { weight: 1, arbitrary: oldAge.map(($ago) => ({ $ago, asText: true })) },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(null, 0, -5, 1.5, false) },
);
const wrongTime = fc.constant<unknown>('soon');

// Rows

/** Few, so that rows and files meet. */
export const sessionIds: readonly string[] = Array.from(
  { length: 24 },
  (_each, index) => `${String(index).padStart(8, '0')}-0000-4000-8000-000000000000`,
);
const sessionId = fc.constantFrom(...sessionIds);

function row(agent: string, options: StoreOptions): fc.Arbitrary<MadeRow> {
  const object = fc
    .record({
      id: sessionId,
      named: options.entries === 'cleanup' ? sometimes(40, sessionFile) : fc.constant(undefined),
      sessionId: fc.oneof(
        { weight: 30, arbitrary: fc.constant('own') },
        { weight: 2, arbitrary: fc.constant('none') },
        { weight: 1, arbitrary: fc.constantFrom('', ' blanks ', '../evil', 'A.b') },
        ...(options.entries === 'list'
          ? [{ weight: 3, arbitrary: fc.constantFrom<unknown>(7, null, true, {}, []) }]
          : []),
      ),
      updatedAt: sometimes(
        95,
        options.wrongTimes === true
          ? fc.oneof({ weight: 80, arbitrary: updatedAt }, { weight: 1, arbitrary: wrongTime })
          : updatedAt,
      ),
      extra: fields(options),
      isLast: fc.boolean(),
      kinds: fc.tuple(
        fc.shuffledSubarray([...ownKinds]),
        fc.array(fileFacts, { minLength: ownKinds.length, maxLength: ownKinds.length }),
      ),
    })
    .map(({ id, named, sessionId: shape, updatedAt: time, extra, isLast, kinds: [kinds, facts] }) => {
      const stored = shape === 'own' ? id : shape === ' blanks ' ? ` ${id} ` : shape;
      const first = {
        ...(shape === 'none' ? {} : { sessionId: stored }),
        ...(time === undefined ? {} : { updatedAt: time }),
        ...(named === undefined ? {} : { sessionFile: named.replaceAll('ID', id) }),
      };
      const entry = isLast ? { ...extra, ...first } : { ...first, ...extra };
      const files = kinds.flatMap((kind, index) => ownFile(kind, id, entry, facts[index]!));
      return { entry: withCheckpoint(entry, files, kinds.length % 3), files };
    });
  const odd = fc.constantFrom<unknown>(null, 'text', 5, true, [], [1], {});
  return fc
    .tuple(
      sessionKey(agent, options.controls),
      fc.oneof({ weight: 25, arbitrary: object }, { weight: 1, arbitrary: odd.map((entry) => ({ entry, files: [] })) }),
    )
    .map(([key, { entry, files }]): MadeRow => ({ key, entry, files }));
}

/** Where an entry says that its transcript is: beside the store, deeper, outside, elsewhere, nowhere. */
const sessionFile = fc.oneof(
  { weight: 4, arbitrary: fc.constant('$DIR/ID.jsonl') },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'custom1.jsonl',
      'custom2.jsonl',
      'ID-topic-7.jsonl',
      'ID-topic-a%20b.jsonl',
      'sub/t1.jsonl',
      'sub/ID.jsonl',
      'notes.md',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '../outside.jsonl',
      '/etc/hostname',
      '  ',
      '/nowhere/else/ID.jsonl',
      '/old/root/.openclaw/agents/main/sessions/ID.jsonl',
      '$HOME/.openclaw/agents/foreign/sessions/f1.jsonl',
      '$DIR/linked/t1.jsonl',
      `${sessionIds[1]!}.jsonl`,
      'sub/../../climbing.jsonl',
      ' ID.jsonl ',
      '.',
    ),
  },
);

const ownKinds = [
  'transcript',
  'transcript',
  'named',
  'named',
  'trajectory',
  'pointer',
  'checkpoint',
  'topic',
  'lock',
  'folder',
  'link',
] as const;

const fileFacts = fc.record({
  bytes: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 900 }) }, { weight: 1, arbitrary: fc.constant(0) }),
  ageMs: fc.oneof({ weight: 15, arbitrary: oldAge }, { weight: 1, arbitrary: youngAge }),
  pick: fc.nat(11),
});

function ownFile(
  kind: (typeof ownKinds)[number],
  id: string,
  entry: Readonly<Record<string, unknown>>,
  { bytes, ageMs, pick }: { readonly bytes: number; readonly ageMs: number; readonly pick: number },
): FileState[] {
  const named = entry['sessionFile'];
  const relative = typeof named === 'string' ? named.trim().replace('$DIR/', '') : '';
  const isBeside = /^[^/.][^$]*\.(?:jsonl|md)$/.test(relative) && !relative.includes('..');
  const file = (name: string): FileState[] => [{ name, ageMs, content: bytes }];
  switch (kind) {
    case 'transcript':
      return file(`${id}.jsonl`);
    case 'named':
      return isBeside ? file(relative) : [];
    case 'trajectory':
      return file(
        pick < 8 || !isBeside ? `${id}.trajectory.jsonl` : `${relative.replace(/\.jsonl$/, '')}.trajectory.jsonl`,
      );
    case 'pointer':
      return [{ name: `${id}.trajectory-path.json`, ageMs, content: pointerText(id, pick) }];
    case 'checkpoint':
      return file(`${id}.checkpoint.11111111-1111-4111-8111-11111111111${pick % 10}.jsonl`);
    case 'topic':
      return pick < 3 ? file(`${id}-topic-${pick}.jsonl`) : [];
    case 'lock':
      return pick < lockTexts.length
        ? [
            {
              name: `${id}.jsonl.lock`,
              ageMs,
              content: lockTexts[pick]!,
            },
          ]
        : [];
    case 'folder':
      return pick === 0 ? file(`${id}.jsonl/inner`) : [];
    case 'link': {
      const link = linkTargets[pick];
      return link === undefined || link === `${id}.jsonl` ? [] : [{ name: `${id}.jsonl`, ageMs, content: { link } }];
    }
  }
}

/** Locks of the runtime: being written, of a process that is gone, and of one that runs. */
const lockTexts = [
  '',
  '{"pid": 999999999, "createdAt": "2026-01-01T00:00:00.000Z"}',
  '{\n  "pid": $PID,\n  "createdAt": "$NOW"\n}\n',
];

/** Inside and outside of the folder, of other rows, and nowhere. */
const linkTargets = ['custom1.jsonl', '/etc/hostname', 'sub/t1.jsonl', `${sessionIds[1]!}.jsonl`, 'nowhere.jsonl'];

function pointerText(id: string, pick: number): string {
  const runtimeFile = [
    '$DIR/ID.trajectory.jsonl',
    '$DIR/ID.trajectory.jsonl',
    '$DIR/runtime1.jsonl',
    '$HOME/traces/ID.jsonl',
    '$HOME/traces/wrong.jsonl',
  ][pick % 5]!;
  return JSON.stringify({
    traceSchema: 'openclaw-trajectory-pointer',
    schemaVersion: pick === 7 ? 2 : 1,
    sessionId: pick === 8 ? 'other' : id,
    runtimeFile: runtimeFile.replaceAll('ID', id),
  });
}

/** Most checkpoints are named by their entry: by their absolute path, as the runtime does, or relative. */
function withCheckpoint(
  entry: Readonly<Record<string, unknown>>,
  files: readonly FileState[],
  how: number,
): Readonly<Record<string, unknown>> {
  const copy = files.find(({ name }) => name.includes('.checkpoint.'));
  if (copy === undefined || how === 0) return entry;
  const sessionFile = copy.ageMs % 3 === 0 && how === 1 ? copy.name : `$DIR/${copy.name}`;
  return { ...entry, compactionCheckpoints: [{ checkpointId: 'c', preCompaction: { sessionFile } }] };
}

/** Some of the optional fields, in any order. */
function fields(options: StoreOptions): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const pools = options.entries === 'list' ? { ...commonFields, ...listFields } : { ...commonFields, ...cleanupFields };
  const names = Object.keys(pools);
  return fc
    .tuple(
      fc.shuffledSubarray(names, { maxLength: options.entries === 'list' ? 14 : 7 }),
      fc.record(
        Object.fromEntries(Object.entries(pools).map(([name, values]) => [name, fc.constantFrom<unknown>(...values)])),
      ),
    )
    .map(([chosen, values]) => Object.fromEntries(chosen.map((name) => [name, values[name]])));
}

const levels = ['off', 'low', 'high', 'max', ' ', '', 0, false, null, { a: 1 }, 'v\u00e9ry', 1, ['a', 'b']];
const models = [
  'gpt-5.5',
  'gpt-5',
  'claude-opus-4-6',
  'gemini-3-pro',
  'meta/llama-3',
  'anthropic/claude-opus-4-6',
  'openai/openai/x',
  'local-1',
  'shared-model',
  'Shared-Model',
  'only-a',
  'cli-model',
  ' spaced ',
  '/lead',
  'trail/',
  'a//b',
  'claude-cli/claude-x',
  'codex-cli/gpt-5',
  'mybackend/m1',
  'zai/glm',
  'z-ai/glm',
  'openai-codex/gpt-5.5',
  'x/y/z',
  'auto',
  '',
  '   ',
];
const providers = [
  'openai',
  'OpenAI',
  'anthropic',
  'google',
  'openrouter',
  'openai-codex',
  'claude-cli',
  'codex-cli',
  'google-gemini-cli',
  'anthropic-cli',
  'mybackend',
  'zai',
  'Z.AI',
  'bedrock',
  'custom',
  ' spaced ',
  '',
  '  ',
  'meta',
  'x/y',
  'prov-a',
];
const oddValues: readonly unknown[] = [7, 0, true, null, [], {}];
const counts = [
  0,
  1,
  100,
  999,
  1499,
  9949,
  9950,
  9999,
  10_000,
  10_499,
  10_500,
  120_000,
  190_000,
  199_999,
  200_000,
  1_048_576,
  -5,
  1.5,
  null,
  '12',
  true,
  0.4,
  1e15,
  {},
];
const commonFields: Readonly<Record<string, readonly unknown[]>> = {
  chatType: ['direct', 'group', 'channel', 'thread', 'Group', ' GROUP ', null, 5, ''],
  origin: [
    { chatType: 'group' },
    { chatType: 'direct', threadId: 4.5 },
    { threadId: ' 9 ' },
    { chatType: 'group', provider: 'telegram' },
  ],
  channel: ['telegram', ' Lark ', '', 'teams', 5, null],
  lastChannel: ['telegram', 'TeleGram', '', null, 'slack'],
  lastTo: ['1', ' 5 ', '', null, 7],
  deliveryContext: [
    null,
    {},
    { channel: 'telegram', to: '1' },
    { channel: 'slack', to: '2', accountId: 'b', extra: 1 },
    'x',
    { to: null, threadId: 3.3 },
  ],
  lastThreadId: [7, 7.9, ' 8 ', '', null],
  model: [...models, ...oddValues],
  modelProvider: [...providers, ...oddValues],
  provider: ['openai', 'telegram', '', 5],
  lastProvider: ['slack'],
  room: ['r', 5, null],
  skillsSnapshot: [{ prompt: 'p', resolvedSkills: [1, 2], version: 2 }, { prompt: 'p' }],
  thinkingLevel: levels,
  systemSent: [true, false, null, 1, 'yes', 0],
  abortedLastRun: [true, false, null, 1],
  label: ['a label'],
  spawnedBy: ['agent:main:main'],
  unknownField: [{ a: [1, { b: 2 }], n: 1.5, big: 12345678901234567000 }],
};
const cleanupFields: Readonly<Record<string, readonly unknown[]>> = {
  lastAccountId: ['Work', '!!!', '__proto__', ' default ', null, 'a b'],
  groupChannel: ['g', null],
};
const listFields: Readonly<Record<string, readonly unknown[]>> = {
  verboseLevel: levels,
  traceLevel: levels,
  reasoningLevel: levels,
  elevatedLevel: levels,
  responseUsage: levels,
  groupActivation: levels,
  inputTokens: counts,
  outputTokens: counts,
  totalTokens: counts,
  totalTokensFresh: [true, false, null, 0, 'no'],
  contextTokens: [200_000, 0, -5, '123', null, 1, 1_048_576, 8192, 1.5, 'x', false, 9999, 10_000, {}],
  modelOverride: models,
  providerOverride: [...providers, 5],
  acp: [
    { agent: 'codex', backend: 'acpx' },
    { agent: ' claude ', backend: ' b ' },
    { agent: 'x' },
    { agent: '' },
    { agent: 5 },
    { backend: 'b' },
    null,
    'text',
    [],
    { agent: 'a', backend: '' },
  ],
  agentRuntimeOverride: ['claude-cli'],
  agentHarnessId: ['codex'],
  toString: ['q'],
};

// Files that no row brings along

const fileBeside: fc.Arbitrary<FileState> = fc
  .record({
    facts: fileFacts,
    name: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 6 }).map((digit) => `orphan${digit}.jsonl`) },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          'runtime1.jsonl',
          'custom1.jsonl',
          'custom1.trajectory.jsonl',
          'custom2.trajectory-path.json',
          'sub/t1.jsonl',
          'sub/old.jsonl',
          'sub/t1.trajectory.jsonl',
        ),
      },
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          'sessions.json.bak.1700000000000',
          '.hidden.jsonl',
          'odd name.jsonl',
          'x.json',
          'notes.txt',
          'notes.md',
          's.checkpoint.not-a-uuid.jsonl',
          's.checkpoint.11111111-1111-4111-8111-111111111111.jsonl',
          'sub.trajectory.jsonl',
          'z.jsonl.gz',
          '.fs-safe-replace.1.x.tmp',
          'x.jsonl.bak-1-1700000000000',
          `${sessionIds[2]!}.jsonl.bak.1234`,
          'archive/old.jsonl',
          'sessions.jsonl',
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom('LINK notes.txt', 'LINK nowhere', 'FOLDER linked') },
      {
        weight: 4,
        arbitrary: fc
          .tuple(
            fc.constantFrom('orphan1.jsonl', `${sessionIds[3]!}.jsonl`, 'sub/old.jsonl'),
            fc.constantFrom('deleted', 'reset', 'bak'),
          )
          .map(([name, reason]) => `${name}.${reason}.`),
      },
    ),
    archivedMs: oldAge,
  })
  .map(({ facts: { bytes, ageMs }, name, archivedMs }) => {
    if (name === 'FOLDER linked') return { name: 'linked', ageMs, content: { link: 'sub' } };
    if (name.startsWith('LINK '))
      return { name: `link to ${name.slice(5)}.jsonl`, ageMs, content: { link: name.slice(5) } };
    // Stamps of one name must not meet: whole hours apart, they do not.
    return { name, ageMs, content: bytes, ...(/\.(?:deleted|reset|bak)\.$/.test(name) ? { archivedMs } : {}) };
  });

/** Other places that entries and pointers name. */
function elsewhere({ files }: StateOptions): fc.Arbitrary<readonly FileState[]> {
  if (!files) return fc.constant([]);
  const trace = (id: string, source: string): string =>
    `\n${JSON.stringify({ traceSchema: 'openclaw-trajectory', schemaVersion: 1, source, sessionId: id })}\n`;
  return fc.subarray<FileState>([
    { name: '.openclaw/agents/foreign/sessions/f1.jsonl', ageMs: 50 * dayMs, content: 5 },
    { name: '.openclaw/agents/main/outside.jsonl', ageMs: 50 * dayMs, content: 5 },
    { name: `traces/${sessionIds[0]!}.jsonl`, ageMs: 50 * dayMs, content: trace(sessionIds[0]!, 'runtime') },
    { name: `traces/${sessionIds[1]!}.jsonl`, ageMs: 50 * dayMs, content: trace(sessionIds[1]!, 'other') },
    { name: 'traces/wrong.jsonl', ageMs: 50 * dayMs, content: 5 },
  ]);
}
