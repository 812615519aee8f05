import path from 'node:path';
import { expandHome } from '../config/home.ts';
import { loadState, type State } from '../config/state.ts';
import { nonBlank } from '../core/json.ts';
import type { LocalFolders } from '../core/redaction/paths.ts';
import { createRedactor } from '../core/redaction/redactor.ts';
import { maskSecrets } from '../core/redaction/secrets.ts';
import { type BundlePlan, planBundle } from '../core/trajectory/bundle.ts';
import { defaultBundleName } from '../core/trajectory/names.ts';
import { reportExport } from '../core/trajectory/report.ts';
import { exitCodes, SessionsError } from '../errors.ts';
import { describeRefusedFolder, resolveExportTarget, type WriteFiles, writeBundle } from '../files/export-folder.ts';
import { checkExportFlags, type ExportRequest, readExportRequest } from '../options/export-request.ts';
import { renderExport } from '../render/export.ts';
import { startProgress } from '../render/progress.ts';
import { choiceNotices, describeChoice } from '../render/store-choice.ts';
import { targetOfSession } from '../scope/session-target.ts';
import { chooseStore } from '../stores/choose.ts';
import { findSession, type FoundSession, openSession } from '../stores/session.ts';
import type { World } from '../world.ts';
import type { Context, RunCommand } from './types.ts';

/**
 * `sessions export-trajectory`: a redacted bundle of one session (docs/commands/export-trajectory.md). Reads the store,
 * the transcript and the runtime trajectory; writes one new folder below the workspace, or nothing.
 */
export const exportTrajectory: RunCommand = async (flags, _args, context) => {
  const { world, messages } = context;
  checkExportFlags(flags);
  const state = await loadState(world, flags);
  for (const warning of state.warnings) messages.notice(warning);
  const request = await readExportRequest(flags, state.env, context.programName);
  const session = await lookUp(request, state, context);
  const report = await orExportFailure(world, async () => {
    const workspaceDir = path.resolve(world.cwd, request.workspace ?? '');
    const nowMs = world.now();
    const target = await resolveExportTarget(workspaceDir, request.output, defaultBundleName(session.sessionId, nowMs));
    await using sources = await openSession(session, trajectoryDir(state, world.cwd), world);
    await using progress = await startProgress(world, flags, sources.bytes);
    progress.show('Reading the session');
    const redactor = createRedactor({ workspaceDir, ...localFolders(state) });
    const plan = await planBundle({ ...session, ...sources, workspaceDir, redactor, nowMs });
    progress.show('Writing the bundle');
    await writeBundle(target, world, (write) => writeFiles(plan, write));
    return reportExport(plan, session.sessionId, target.dir, workspaceDir);
  });
  for (const { code, count, message } of report.warnings) messages.detail(`${message} (${code}, ${count})`);
  return { stdout: renderExport(report, flags.json === true), exitCode: exitCodes.ok };
};

async function lookUp(request: ExportRequest, state: State, { world, messages }: Context): Promise<FoundSession> {
  const choice = await chooseStore(targetOfSession(request, state, world.cwd), state.stateDir);
  for (const notice of choiceNotices(choice)) messages.notice(notice);
  messages.detail(describeChoice(choice));
  return findSession(choice, { ...request, stateDir: state.stateDir });
}

function localFolders({ stateDir, env }: State): Omit<LocalFolders, 'workspaceDir'> {
  return { stateDir, homeDir: nonBlank(env['HOME']), userProfile: nonBlank(env['USERPROFILE']) };
}

/** OPENCLAW_TRAJECTORY_DIR, absolute. */
function trajectoryDir({ env, homeDir }: State, cwd: string): string | undefined {
  const named = nonBlank(env['OPENCLAW_TRAJECTORY_DIR']);
  return named === undefined ? undefined : path.resolve(cwd, expandHome(named, homeDir));
}

async function writeFiles(plan: BundlePlan, write: WriteFiles): Promise<void> {
  const sizes = await write(plan.content());
  // Last: it tells the sizes of the others.
  await write([{ file: 'manifest.json', text: plan.manifest(({ name }) => sizes.get(name) ?? 0) }]);
}

/** Gives failures the words of OpenClaw 2026.5.12: the message, and behind it those of its causes. */
async function orExportFailure<T>(world: World, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (world.interrupted.aborted) {
      const code = world.interrupted.reason === 'SIGTERM' ? 'TERMINATED' : 'INTERRUPTED';
      throw new SessionsError(code, 'Interrupted: no bundle was written.', { cause: error });
    }
    // A store that cannot be read has its own words and exit code.
    if (error instanceof SessionsError && error.code.startsWith('STORE_')) throw error;
    // These are mistakes of ours.
    if (error instanceof TypeError || error instanceof ReferenceError) throw error;
    const hint = describeRefusedFolder(error);
    throw new SessionsError('EXPORT_FAILED', `Failed to export trajectory: ${maskSecrets(messagesOf(error))}`, {
      ...(hint === undefined ? {} : { hint: maskSecrets(hint) }),
      cause: error,
    });
  }
}

function messagesOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} | ${messagesOf(error.cause)}`;
}
