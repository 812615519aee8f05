import { parseDurationMs } from '../core/duration.ts';
import { isJsonObject } from '../core/json.ts';
import { parseSizeBytes } from '../core/size.ts';
import {
  either,
  filledText,
  flag,
  list,
  listOf,
  map,
  mapOf,
  number,
  onDemand,
  oneOf,
  open,
  optionOf,
  positive,
  positiveInt,
  refined,
  required,
  type Rule,
  strict,
  text,
} from './rules.ts';

// The part of the config schema of OpenClaw 2026.5.12 that we know (docs/configuration.md). Complete one level deep at
// the top, for sessions, agents and model providers; deeper only where this tool reads. The order of the keys is the
// order in which complaints are listed. Sections are put together when a config has them: this is on the way of every
// listing.

const model = onDemand(() => either(text, strict({ primary: text, fallbacks: listOf(text), timeoutMs: positiveInt })));
const agentRuntime = onDemand(() => strict({ id: text }));
const embeddedHarness = onDemand(() => strict({ runtime: text }));
const modelSettings = onDemand(() => mapOf(strict({ alias: text, params: map, agentRuntime, streaming: flag })));
const reset = onDemand(() =>
  strict({
    mode: oneOf('daily', 'idle'),
    atHour: number({ int: true, min: 0, max: 23 }),
    idleMinutes: positiveInt,
  }),
);
const allowOrDeny = onDemand(() => oneOf('allow', 'deny'));
const typingMode = onDemand(() => oneOf('never', 'instant', 'thinking', 'message'));

const maintenance = onDemand(() =>
  refined(
    strict({
      mode: optionOf('enforce', 'warn'),
      pruneAfter: either(text, number()),
      pruneDays: positiveInt,
      maxEntries: positiveInt,
      rotateBytes: either(text, number()),
      resetArchiveRetention: either(text, number(), oneOfValue(false)),
      maxDiskBytes: either(text, number()),
      highWaterBytes: either(text, number()),
    }),
    (value, path, context) => {
      if (!isJsonObject(value)) return;
      const grammars = [
        ['pruneAfter', parseDurationMs, 'invalid duration (use ms, s, m, h, d)'],
        ['resetArchiveRetention', parseDurationMs, 'invalid duration (use ms, s, m, h, d)'],
        ['maxDiskBytes', parseSizeBytes, 'invalid size (use b, kb, mb, gb, tb)'],
        ['highWaterBytes', parseSizeBytes, 'invalid size (use b, kb, mb, gb, tb)'],
      ] as const;
      for (const [key, parse, message] of grammars) {
        const given = value[key];
        if ((typeof given === 'string' || typeof given === 'number') && parse(given) === undefined) {
          context.report({ path: [...path, key], message });
        }
      }
    },
  ),
);

const session = onDemand(() =>
  strict({
    scope: oneOf('per-sender', 'global'),
    dmScope: oneOf('main', 'per-peer', 'per-channel-peer', 'per-account-channel-peer'),
    identityLinks: mapOf(listOf(text)),
    resetTriggers: listOf(text),
    idleMinutes: positiveInt,
    reset,
    resetByType: strict({ direct: reset, dm: reset, group: reset, thread: reset }),
    resetByChannel: mapOf(reset),
    store: text,
    typingIntervalSeconds: positiveInt,
    typingMode,
    mainKey: text,
    sendPolicy: strict({
      default: allowOrDeny,
      rules: listOf(
        strict({
          action: required(allowOrDeny),
          match: strict({
            channel: text,
            chatType: oneOf('direct', 'group', 'channel', 'dm'),
            keyPrefix: text,
            rawKeyPrefix: text,
          }),
        }),
      ),
    }),
    writeLock: strict({ acquireTimeoutMs: positiveInt }),
    agentToAgent: strict({ maxPingPongTurns: number({ int: true, min: 0, max: 20 }) }),
    threadBindings: strict({
      enabled: flag,
      idleHours: number({ min: 0 }),
      maxAgeHours: number({ min: 0 }),
      spawnSessions: flag,
      defaultSpawnContext: optionOf('isolated', 'fork'),
    }),
    maintenance,
  }),
);

const thinkingLevels = ['off', 'minimal', 'low', 'medium', 'high', 'xhigh', 'adaptive', 'max'];

const agentDefaults = onDemand(() =>
  strict({
    params: map,
    agentRuntime,
    embeddedHarness,
    model,
    imageModel: model,
    imageGenerationModel: model,
    videoGenerationModel: model,
    musicGenerationModel: model,
    mediaGenerationAutoProviderFallback: flag,
    pdfModel: model,
    pdfMaxBytesMb: positive,
    pdfMaxPages: positiveInt,
    models: modelSettings,
    workspace: text,
    skills: listOf(text),
    silentReply: open(),
    silentReplyRewrite: open(),
    repoRoot: text,
    systemPromptOverride: text,
    promptOverlays: open(),
    skipBootstrap: flag,
    skipOptionalBootstrapFiles: listOf(optionOf('SOUL.md', 'USER.md', 'HEARTBEAT.md', 'IDENTITY.md')),
    contextInjection: oneOf('always', 'continuation-skip', 'never'),
    bootstrapMaxChars: positiveInt,
    bootstrapTotalMaxChars: positiveInt,
    experimental: open(),
    bootstrapPromptTruncationWarning: oneOf('off', 'once', 'always'),
    userTimezone: text,
    startupContext: open(),
    contextLimits: open(),
    timeFormat: oneOf('auto', '12', '24'),
    envelopeTimezone: text,
    envelopeTimestamp: oneOf('on', 'off'),
    envelopeElapsed: oneOf('on', 'off'),
    contextTokens: positiveInt,
    cliBackends: mapOf(open({ command: required(text) })),
    memorySearch: open(),
    contextPruning: open(),
    compaction: open(),
    embeddedPi: open(),
    thinkingDefault: oneOf(...thinkingLevels),
    verboseDefault: oneOf('off', 'on', 'full'),
    toolProgressDetail: oneOf('explain', 'raw'),
    reasoningDefault: oneOf('off', 'on', 'stream'),
    elevatedDefault: oneOf('off', 'on', 'ask', 'full'),
    blockStreamingDefault: oneOf('off', 'on'),
    blockStreamingBreak: oneOf('text_end', 'message_end'),
    blockStreamingChunk: open(),
    blockStreamingCoalesce: open(),
    humanDelay: open(),
    timeoutSeconds: positiveInt,
    mediaMaxMb: positive,
    imageMaxDimensionPx: positiveInt,
    typingIntervalSeconds: positiveInt,
    typingMode,
    heartbeat: open(),
    maxConcurrent: positiveInt,
    subagents: open(),
    sandbox: open(),
  }),
);

const agent = onDemand(() =>
  strict({
    id: required(text),
    default: flag,
    name: text,
    workspace: text,
    agentDir: text,
    systemPromptOverride: text,
    agentRuntime,
    embeddedHarness,
    model,
    models: modelSettings,
    thinkingDefault: optionOf(...thinkingLevels),
    verboseDefault: optionOf('off', 'on', 'full'),
    toolProgressDetail: optionOf('explain', 'raw'),
    reasoningDefault: optionOf('on', 'off', 'stream'),
    fastModeDefault: flag,
    skills: listOf(text),
    memorySearch: open(),
    humanDelay: open(),
    tts: open(),
    skillsLimits: open(),
    contextLimits: open(),
    contextTokens: positiveInt,
    heartbeat: open(),
    identity: open(),
    groupChat: open(),
    subagents: open(),
    embeddedPi: open(),
    sandbox: open(),
    params: map,
    tools: open(),
    runtime: taggedBy('type', 'embedded', 'acp'),
  }),
);

const modelApi = onDemand(() =>
  optionOf(
    'openai-completions',
    'openai-responses',
    'openai-codex-responses',
    'anthropic-messages',
    'google-generative-ai',
    'github-copilot',
    'bedrock-converse-stream',
    'ollama',
    'azure-openai-responses',
  ),
);

const provider = onDemand(() =>
  strict({
    baseUrl: required(filledText),
    apiKey: either(text, open()),
    auth: oneOf('api-key', 'aws-sdk', 'oauth', 'token'),
    api: modelApi,
    contextWindow: positive,
    contextTokens: positiveInt,
    maxTokens: positive,
    timeoutSeconds: positiveInt,
    injectNumCtxForOpenAICompat: flag,
    params: map,
    agentRuntime,
    localService: open(),
    headers: map,
    authHeader: flag,
    request: open(),
    models: required(
      listOf(
        strict({
          id: required(filledText),
          name: required(filledText),
          api: modelApi,
          baseUrl: filledText,
          reasoning: flag,
          input: listOf(oneOf('text', 'image', 'video', 'audio')),
          cost: open(),
          contextWindow: positive,
          contextTokens: positiveInt,
          maxTokens: positive,
          params: map,
          agentRuntime,
          headers: mapOf(text),
          compat: open(),
          metadataSource: oneOf('models-add'),
        }),
      ),
    ),
  }),
);

/** The whole config. Sections that this tool does not read are objects of any content. */
export const configSchema: Rule = onDemand(() =>
  strict({
    $schema: text,
    meta: strict({ lastTouchedVersion: text, lastTouchedAt: either(text, number()) }),
    env: open(
      { shellEnv: strict({ enabled: flag, timeoutMs: number({ int: true, min: 0 }) }), vars: mapOf(text) },
      text,
    ),
    wizard: open(),
    diagnostics: open(),
    logging: open(),
    cli: open(),
    crestodian: open(),
    update: open(),
    browser: open(),
    ui: open(),
    secrets: open(),
    auth: open(),
    accessGroups: map,
    acp: open(),
    models: strict({
      mode: oneOf('merge', 'replace'),
      providers: mapOf(provider),
      pricing: strict({ enabled: flag }),
    }),
    nodeHost: open(),
    agents: strict({
      defaults: agentDefaults,
      list: listOf(agent),
      // Of 9.x, whose keys we do not know in full (V19, docs/deviations.md).
      entries: mapOf(open({ default: flag, workspace: text, agentDir: text, model, models: modelSettings })),
    }),
    tools: open(),
    bindings: list,
    broadcast: open(),
    audio: open(),
    media: open(),
    messages: open(),
    commands: open(),
    approvals: open(),
    session,
    cron: open(),
    commitments: open(),
    hooks: open(),
    web: open(),
    channels: open(),
    discovery: open(),
    talk: open(),
    gateway: open(),
    memory: open(),
    mcp: open(),
    skills: open(),
    plugins: open({
      enabled: flag,
      allow: listOf(text),
      deny: listOf(text),
      entries: mapOf(open({ enabled: flag })),
    }),
    canvasHost: open(),
    surfaces: map,
    proxy: open(),
  }),
);

function oneOfValue(allowed: boolean): Rule {
  return {
    check(value, path, context) {
      if (value !== allowed) context.report({ path, message: 'Invalid input' });
    },
  };
}

/** An object whose `tag` says which kind it is; the content is not looked at. */
function taggedBy(tag: string, ...kinds: readonly string[]): Rule {
  const kindRule = oneOf(...kinds);
  return {
    check(value, path, context) {
      if (isJsonObject(value)) kindRule.check(value[tag], path, context);
      else context.report({ path, message: 'Invalid input' });
    },
  };
}
