import { isJsonObject, type JsonObject } from '../json.ts';
import { type DocumentMembers, Stream } from './json-document.ts';
import type { LatestData, RuntimeIndex } from './runtime-index.ts';

/**
 * The files of a bundle that are made from events of the runtime, as in OpenClaw 2026.5.12. Values are as stored: they
 * have to be redacted. Undefined when the bundle does not have the file.
 */

/** metadata.json: harness, model, configuration, plugins, skills and prompting of the last run that told them. */
export function metadataMembers(
  { latest: { metadata }, lastModel }: RuntimeIndex,
  annotateSkills: (skills: unknown) => unknown,
): DocumentMembers | undefined {
  if (metadata === undefined) return undefined;
  return [
    ['harness', metadata['harness']],
    ['model', metadata['model'] ?? lastModel],
    ['config', metadata['config']],
    ['plugins', metadata['plugins']],
    ['skills', annotateSkills(metadata['skills'])],
    ['prompting', metadata['prompting']],
    ['redaction', metadata['redaction']],
    ['metadata', metadata['metadata']],
  ];
}

/** artifacts.json: how the last run ended and what it left. */
export function artifactsMembers({ artifacts, completed, ended }: LatestData): DocumentMembers | undefined {
  if (artifacts === undefined && completed === undefined && ended === undefined) return undefined;
  const first = (key: string, ...sources: readonly (JsonObject | undefined)[]): readonly [string, unknown] => [
    key,
    sources.reduce<unknown>((value, source) => value ?? source?.[key], undefined),
  ];
  return [
    ['finalStatus', artifacts?.['finalStatus'] ?? ended?.['status']],
    ...endFlags.map((key) => first(key, artifacts, ended)),
    first('promptError', artifacts, ended, completed),
    ...['promptErrorSource', 'usage', 'promptCache', 'compactionCount', 'assistantTexts', 'finalPromptText'].map(
      (key) => first(key, artifacts, completed),
    ),
    ...deliveryKeys.map((key) => first(key, artifacts)),
  ];
}

const endFlags = [
  'aborted',
  'externalAbort',
  'timedOut',
  'idleTimedOut',
  'timedOutDuringCompaction',
  'timedOutDuringToolExecution',
];

const deliveryKeys = [
  'itemLifecycle',
  'toolMetas',
  'didSendViaMessagingTool',
  'successfulCronAdds',
  'messagingToolSentTexts',
  'messagingToolSentMediaUrls',
  'messagingToolSentTargets',
  'lastToolError',
];

/** prompts.json: the system prompt, and what was submitted. */
export async function promptsMembers(
  { latest: { context, metadata }, promptLines }: RuntimeIndex,
  readPrompt: (line: number) => Promise<unknown>,
): Promise<DocumentMembers | undefined> {
  const prompting = isJsonObject(metadata?.['prompting']) ? metadata['prompting'] : undefined;
  const system = text(context?.['systemPrompt']);
  const skillsPrompt = text(prompting?.['skillsPrompt']);
  const userPromptPrefixText = text(prompting?.['userPromptPrefixText']);
  const lastLine = promptLines.at(-1);
  if (!system && lastLine === undefined && !skillsPrompt && !userPromptPrefixText) return undefined;
  async function* prompts(): AsyncGenerator {
    for (const line of promptLines) yield await readPrompt(line);
  }
  return [
    ['system', system],
    ['submittedPrompts', new Stream(prompts())],
    ['latestSubmittedPrompt', lastLine === undefined ? undefined : await readPrompt(lastLine)],
    ['skillsPrompt', skillsPrompt],
    ['userPromptPrefixText', userPromptPrefixText],
    ['systemPromptReport', object(prompting?.['systemPromptReport'])],
  ];
}

const object = (value: unknown): object | null | undefined => (typeof value === 'object' ? value : undefined);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
