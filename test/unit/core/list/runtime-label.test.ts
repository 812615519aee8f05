import { expect, test } from 'vitest';
import { makeListRow, runtimeLabel } from '../../../../src/core/list/row.ts';
import { createModelCatalog } from '../../../../src/core/model.ts';

const config = { agents: { defaults: { model: 'prov/default' } } };
const models = createModelCatalog(config);

const label = (entry: unknown): string =>
  runtimeLabel(entry, makeListRow('k', entry, { agentId: 'main', config, models, nowMs: 0 }), models);

// Observed on OpenClaw 2026.5.12: a provider stored without a model is as good as none.
test.each([
  [{ model: 'm', modelProvider: 'claude-cli' }, 'Claude CLI'],
  [{ modelProvider: 'claude-cli' }, 'OpenClaw Pi Default'],
  [{ model: ' ', modelProvider: 'codex-cli' }, 'OpenClaw Pi Default'],
  [{ modelProvider: 'claude-cli', modelOverride: 'm' }, 'OpenClaw Pi Default'],
  [{ modelProvider: 'anthropic', providerOverride: 'anthropic-cli', modelOverride: 'm' }, 'anthropic-cli (cli)'],
  [{ modelProvider: 'x', providerOverride: 'google-gemini-cli' }, 'Gemini CLI'],
  [{ model: 'm', modelProvider: 'x', providerOverride: 'google-gemini-cli' }, 'OpenClaw Pi Default'],
])('the runtime of %j is shown as %j', (entry, expected) => {
  expect(label(entry)).toBe(expected);
});
