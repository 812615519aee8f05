import { describe, expect, it } from 'vitest';
import { sanitizePayload } from '../../../../src/core/redaction/payload.ts';
import { createRedactor } from '../../../../src/core/redaction/redactor.ts';
import { maskSecrets } from '../../../../src/core/redaction/secrets.ts';

const redactor = createRedactor({
  workspaceDir: '/home/user/ws',
  stateDir: '/home/user/.openclaw',
  homeDir: '/home/user',
  userProfile: undefined,
});

/** More than an expression of the engine can go back over: `[\w-]{13,}` fails there, `[\w-]{13}[\w-]*` does not. */
const length = 9_000_000;

describe('runs of nine million characters', () => {
  it.each([
    ['of the beginning of a token', 'eyJ'.repeat(length / 3)],
    ['of assignments', 'a='.repeat(length / 2)],
    ['of quotes', '"'.repeat(length)],
  ])('%s go through every rule', (_what, text) => {
    expect(() => [sanitizePayload(text), maskSecrets(text), redactor.text(text)]).not.toThrow();
  });

  it.each(['sk-', 'ghp_', 'xoxb-', 'AIza', 'glpat-', 'Bearer ', 'token=', 'bot123456:'])(
    'behind %s are masked',
    (prefix) => {
      expect(maskSecrets(`x ${prefix}${'a1'.repeat(length / 2)} x`).length).toBeLessThan(100);
    },
  );
});
