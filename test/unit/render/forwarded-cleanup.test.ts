import { describe, expect, it } from 'vitest';
import { partialFailure, renderForwardedCleanup } from '../../../src/render/forwarded-cleanup.ts';
import { readRecording } from '../../helpers/fake-gateway.ts';

/** What a real 2026.5.12 Gateway answered to a cleanup of one store, and of all. */
const payloads = readRecording('connect-cleanup-applied.jsonl')
  .flat()
  .flatMap(({ frame }) => (frame?.['ok'] === true ? [frame['payload'] as object] : []))
  .filter((payload) => 'applied' in payload || 'stores' in payload);

describe('a forwarded cleanup as text', () => {
  it('of one store is what OpenClaw 2026.5.12 prints', () => {
    expect(renderForwardedCleanup(payloads[0])).toBe(
      'Session store: /home/user/.openclaw/agents/main/sessions/sessions.json\n' +
        'Applied maintenance. Current entries: 3\n',
    );
  });

  it('of several names the agents, a blank line between them, and removed artifacts where there are any', () => {
    const { stores } = payloads[1] as { stores: object[] };
    const artifacts = { scannedFiles: 13, removedFiles: 2, freedBytes: 1, olderThanMs: 1 };
    expect(
      renderForwardedCleanup({
        allAgents: true,
        stores: [{ ...stores[0], unreferencedArtifacts: artifacts }, stores[1]],
      }),
    ).toMatchInlineSnapshot(`
      "Agent: main
      Session store: /home/user/.openclaw/agents/main/sessions/sessions.json
      Applied maintenance. Current entries: 1
      Pruned unreferenced artifacts: 2

      Agent: work
      Session store: /home/user/.openclaw/agents/work/sessions/sessions.json
      Applied maintenance. Current entries: 1
      "
    `);
  });

  it('of one store of all agents names no agent', () => {
    expect(
      renderForwardedCleanup({ allAgents: true, stores: [{ agentId: 'a', storePath: '/s', appliedCount: 1 }] }),
    ).toBe('Session store: /s\nApplied maintenance. Current entries: 1\n');
  });

  it('says undefined for what the payload does not hold, as the reference does', () => {
    for (const payload of [{}, null, 'x', []]) {
      expect(renderForwardedCleanup(payload)).toBe(
        'Session store: undefined\nApplied maintenance. Current entries: 0\n',
      );
    }
  });

  it('lets no control character through', () => {
    expect(renderForwardedCleanup({ storePath: '/a\u001b[2Jb\nc' })).toMatch(/^Session store: \/a\\x1b\[2Jb\\nc\n/);
  });
});

describe('partialFailure', () => {
  it.each([
    [{ partialError: 'half' }, 'half'],
    [{ partialError: { message: 'half' } }, 'half'],
    [{ stores: [{}, { partialError: { code: 1 } }] }, 'the Gateway did only a part of it'],
    [{ partialError: null }, undefined],
    [{}, undefined],
  ])('of %j is %j', (payload, message) => {
    expect(partialFailure(payload)).toBe(message);
  });
});
