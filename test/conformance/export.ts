import fc from 'fast-check';
import { sometimes } from './sometimes.ts';
import type { Case, FileState, State } from './state.ts';
import { oldAge } from './states.ts';
import { runtimeTrajectory, transcript } from './transcripts.ts';

const sessionId = '0a1b2c3d-0000-4000-8000-00000000000f';
const dir = '.openclaw/agents/main/sessions';

/** Exports of random sessions: every kind of transcript entry and runtime event, odd lines, every option. */
export const exportCases: fc.Arbitrary<Case> = fc
  .record({
    isJson: fc.boolean(),
    key: fc.oneof(
      { weight: 12, arbitrary: fc.constant('agent:main:main') },
      { weight: 1, arbitrary: fc.constantFrom('agent:main:nobody', 'agent:work:main', 'agent:main:none', '  ') },
    ),
    output: sometimes(
      80,
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('bundle', 'a/b', 'sub/../q', ' blanks ') },
        { weight: 1, arbitrary: fc.constantFrom('/absolute', '../out', '~/x', '..hidden', '.', 'taken') },
      ),
    ),
    workspace: sometimes(50, fc.constantFrom('ws', '$HOME/ws', 'ws/../ws', 'nowhere')),
    choice: sometimes(
      20,
      fc.constantFrom<readonly string[]>(
        ['--agent', 'main'],
        ['--store', `${dir}/sessions.json`],
        ['--store', 'nowhere.json'],
      ),
    ),
    state: exportStates(),
  })
  .map(({ isJson, key, output, workspace, choice, state }): Case => ({
    state,
    targets: [`${dir}/sessions.json`],
    args: [
      'export-trajectory',
      '--session-key',
      key,
      ...(output === undefined ? [] : ['--output', output]),
      ...(workspace === undefined ? [] : ['--workspace', workspace]),
      ...(choice ?? []),
      ...(isJson ? ['--json'] : []),
    ],
  }));

function exportStates(): fc.Arbitrary<State> {
  return fc
    .record({
      transcript: sometimes(96, transcript(sessionId)),
      runtime: sometimes(70, runtimeTrajectory(sessionId)),
      sessionFile: sometimes(
        20,
        fc.constantFrom(
          `$DIR/${sessionId}.jsonl`,
          'custom.jsonl',
          'sub/t.jsonl',
          '../outside.jsonl',
          '/etc/hostname',
          'sub/../../climbing.jsonl',
        ),
      ),
      pointer: sometimes(
        15,
        fc.constantFrom('$DIR/ID.trajectory.jsonl', '$HOME/traces/ID.jsonl', '$HOME/traces/wrong.jsonl'),
      ),
      ageMs: oldAge,
    })
    .map(({ transcript: lines, runtime, sessionFile, pointer, ageMs }): State => {
      const name = sessionFile === undefined || /^[$/.]/.test(sessionFile) ? `${sessionId}.jsonl` : sessionFile;
      const stem = name.replace(/\.jsonl$/, '');
      const runtimeFile = pointer?.replaceAll('ID', sessionId);
      const files: FileState[] = [
        ...(lines === undefined ? [] : [{ name, ageMs, content: lines }]),
        ...(runtime === undefined ? [] : [{ name: `${stem}.trajectory.jsonl`, ageMs, content: runtime }]),
        ...(runtimeFile === undefined
          ? []
          : [{ name: `${stem}.trajectory-path.json`, ageMs, content: JSON.stringify({ sessionId, runtimeFile }) }]),
      ];
      return {
        config: { gateway: { port: 1 } },
        stores: [
          {
            path: `${dir}/sessions.json`,
            content: {
              form: 'two-space',
              rows: [
                [
                  'agent:main:main',
                  { sessionId, updatedAt: { $ago: ageMs }, ...(sessionFile === undefined ? {} : { sessionFile }) },
                ],
                ['agent:main:none', { updatedAt: { $ago: ageMs } }],
              ],
            },
            files,
          },
        ],
        files: [
          { name: 'ws/readme.txt', ageMs, content: 'a workspace' },
          { name: '.openclaw/trajectory-exports/taken/x', ageMs, content: 'x' },
          ...(runtime === undefined ? [] : [{ name: `traces/${sessionId}.jsonl`, ageMs, content: runtime }]),
        ],
      };
    });
}
