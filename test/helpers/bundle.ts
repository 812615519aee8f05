/* eslint-disable @typescript-eslint/no-explicit-any -- tests take bundles apart as they come */
import { type BundleInput, type BundlePlan, planBundle } from '../../src/core/trajectory/bundle.ts';
import { createRedactor } from '../../src/core/redaction/redactor.ts';
import { linesOf } from './lines.ts';

/** A bundle made in memory, its files as parsed JSON (events.jsonl as an array, system-prompt.txt as text). */
export interface MadeBundle {
  readonly plan: BundlePlan;
  readonly texts: Readonly<Record<string, string>>;
  readonly manifest: any;
  readonly events: any[];
  readonly branch: any;
  readonly file: (name: string) => any;
}

export async function makeBundle(
  transcript: readonly unknown[],
  runtime?: readonly unknown[],
  more: Partial<BundleInput> = {},
): Promise<MadeBundle> {
  const plan = await planBundle({
    sessionId: 's',
    sessionKey: 'agent:main:main',
    workspaceDir: '/home/user/ws',
    transcript: linesOf(transcript),
    runtime: runtime === undefined ? undefined : linesOf(runtime),
    sourceFiles: { session: '/home/user/.openclaw/agents/main/sessions/s.jsonl' },
    redactor: createRedactor({
      workspaceDir: '/home/user/ws',
      stateDir: '/home/user/.openclaw',
      homeDir: '/home/user',
      userProfile: undefined,
    }),
    nowMs: 1_800_000_000_000,
    ...more,
  });
  const texts: Record<string, string> = {};
  for await (const { file, text } of plan.content()) texts[file] = (texts[file] ?? '') + text;
  texts['manifest.json'] = plan.manifest((file) => Buffer.byteLength(texts[file.name]!));
  const file = (name: string): unknown => JSON.parse(texts[name]!);
  return {
    plan,
    texts,
    manifest: file('manifest.json'),
    events: texts['events.jsonl']!.split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown),
    branch: file('session-branch.json'),
    file,
  };
}
