import { reportCompact } from '../core/manage/compact.ts';
import { isKeyOfAgent } from '../core/manage/plan.ts';
import { exitCodes, SessionsError } from '../errors.ts';
import { GatewayRefusal } from '../gateway/failures.ts';
import { readCount } from '../options/limits.ts';
import { readGatewayOptions } from '../options/manage.ts';
import { renderCompactText } from '../render/compact.ts';
import { withGateway } from './gateway-sessions.ts';
import type { RunCommand } from './types.ts';

/** `sessions compact`: shortens a transcript through the Gateway, by a model's summary or to its last lines. */
export const compact: RunCommand = async (flags, args, context) => {
  const [key = ''] = args;
  if (key.trim() === '') throw new SessionsError('USAGE', 'A session key must not be blank');
  // Text as in 2026.9.6.
  const maxLines = readCount(flags.maxLines, '--max-lines must be a positive integer.');
  const options = await readGatewayOptions(flags, context.world);
  const { agentId } = options;
  if (!isKeyOfAgent(key, agentId)) {
    throw new SessionsError('USAGE', `--agent ${String(agentId)} does not match the agent of the session key ${key}`);
  }
  const payload = await withGateway(flags, options, context, (methods) =>
    methods.compact(key, agentId, maxLines),
  ).catch((error: unknown) => {
    throw error instanceof GatewayRefusal && error.code === 'GATEWAY_REJECTED'
      ? new SessionsError('GATEWAY_REJECTED', `Compaction failed: ${error.message}`, {
          ...withDetails(error),
          cause: error,
        })
      : error;
  });
  const report = reportCompact(key, payload);
  const exitCode = report.status === 'failed' ? exitCodes.failed : exitCodes.ok;
  const line = renderCompactText(report);
  if (flags.json === true) return { stdout: `${JSON.stringify(payload, null, 2)}\n`, exitCode };
  if (report.status !== 'failed') return { stdout: `${line}\n`, exitCode };
  context.messages.error(line);
  return { stdout: '', exitCode };
};

const withDetails = ({ details }: SessionsError) => (details === undefined ? {} : { details });
