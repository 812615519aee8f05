import fs from 'node:fs/promises';
import path from 'node:path';
import { expandHome } from '../config/home.ts';
import { loadState, type State } from '../config/state.ts';
import { normalizeAgentId } from '../core/agent-id.ts';
import { isJsonObject, nonBlank } from '../core/json.ts';
import { createRedactor } from '../core/redaction/redactor.ts';
import { maskSecrets } from '../core/redaction/secrets.ts';
import { parseAgentKey } from '../core/session-key.ts';
import { planBundle } from '../core/trajectory/bundle.ts';
import { defaultBundleName } from '../core/trajectory/names.ts';
import { type ExportReport, reportExport } from '../core/trajectory/report.ts';
import { exitCodes, SessionsError } from '../errors.ts';
import { resolveExportTarget, writeBundle } from '../files/export-folder.ts';
import { openSessionFiles, type SessionSources } from '../files/session-files.ts';
import { findTranscriptPath } from '../files/transcript-path.ts';
import type { EncodedRequest } from '../options/export-request.ts';
import type { Flags } from '../program.ts';
import { renderExport } from '../render/export.ts';
import { startProgress } from '../render/progress.ts';
import { choiceNotices, describeChoice } from '../render/store-choice.ts';
import { storePath } from '../scope/store-path.ts';
import { chooseStore } from '../stores/choose.ts';
import { openStore } from '../stores/index.ts';
import type { World } from '../world.ts';
import type { Context, RunCommand } from './types.ts';

/**
 * `sessions export-trajectory`: a redacted bundle of one session (docs/commands/export-trajectory.md). Reads the store,
 * the transcript and the runtime trajectory; writes one new folder below the workspace, or nothing.
 */
export const exportTrajectory: RunCommand = async (flags, _args, context) => {
  checkBlankOptions(flags);
  const state = await loadState(context.world, flags);
  for (const warning of state.warnings) context.messages.notice(warning);
  const request = await readRequest(flags, state, context.programName);
  const session = await findSession(request, state, context);
  const report = await orExportFailure(() => writeSession(session, request, state, flags, context), context);
  for (const { code, count, message } of report.warnings) context.messages.detail(`${message} (${code}, ${count})`);
  return { stdout: renderExport(report, flags.json === true), exitCode: exitCodes.ok };
};

/** What to export, the command line and the encoded request together. */
interface ExportRequest extends EncodedRequest {
  /** Trimmed. */
  readonly sessionKey: string;
  /** Program name and profile, for hints. */
  readonly program: string;
}

function checkBlankOptions({ agent, store }: Flags): void {
  if (agent?.trim() === '') throw new SessionsError('USAGE', '--agent must not be blank');
  if (store?.trim() === '') throw new SessionsError('USAGE', '--store must not be blank');
}

async function readRequest(flags: Flags, { env }: State, programName: string): Promise<ExportRequest> {
  const { sessionKey, output, store, agent, workspace } = flags;
  const typed: EncodedRequest = { sessionKey, output, store, agent, workspace };
  const encoded =
    flags.requestJsonBase64 === undefined
      ? {}
      : (await import('../options/export-request.ts')).decodeRequest(flags.requestJsonBase64);
  // What it does not name stays as typed: 2026.5.12 forgets it (docs/deviations.md).
  const named = Object.fromEntries(Object.entries(encoded).filter(([, value]) => value !== undefined));
  const request: EncodedRequest = { ...typed, ...named };
  const profile = nonBlank(env['OPENCLAW_PROFILE']);
  const program = profile === undefined ? programName : `${programName} --profile ${profile}`;
  const key = request.sessionKey?.trim() ?? '';
  if (key === '') {
    throw new SessionsError('USAGE', `--session-key is required. Run ${program} to choose a session.`);
  }
  return { ...request, sessionKey: key, program };
}

interface FoundSession {
  readonly sessionId: string;
  /** As stored. */
  readonly sessionKey: string;
  readonly from: TranscriptFile | DatabaseFile;
}

/** The transcript of a session in a JSON store: absolute; it exists. */
interface TranscriptFile {
  readonly kind: 'file';
  readonly transcript: string;
}

interface DatabaseFile {
  readonly kind: 'database';
  readonly database: string;
}

async function findSession(request: ExportRequest, state: State, { world, messages }: Context): Promise<FoundSession> {
  const { sessionKey: key, program } = request;
  const agentId = normalizeAgentId(request.agent ?? parseAgentKey(key)?.agentId ?? 'main');
  const template = request.store ?? state.config.session?.store;
  const file = storePath(template, agentId, state, world.cwd);
  const choice = await chooseStore(
    { agentId, path: file, ...(request.store === undefined ? {} : { isNamed: true }) },
    state.stateDir,
  );
  for (const notice of choiceNotices(choice)) messages.notice(notice);
  messages.detail(describeChoice(choice));
  const store = await openStore(choice);
  const row = await store.find(key);
  const entry = isJsonObject(row?.entry) ? row.entry : {};
  const { sessionId } = entry;
  if (row === undefined || typeof sessionId !== 'string' || sessionId === '') {
    throw new SessionsError('UNKNOWN_KEY', `Session not found: ${key}. Run ${program} to see available sessions.`);
  }
  const found = { sessionId, sessionKey: row.key };
  if (choice.kind === 'sqlite') return { ...found, from: { kind: 'database', database: choice.path } };
  const transcript = findTranscriptPath(entry, choice.path, state.stateDir);
  if (transcript === undefined) {
    throw new SessionsError('REFUSED', `Failed to resolve session file: Invalid session ID: ${sessionId}`);
  }
  if (!(await exists(transcript))) {
    throw new SessionsError(
      'FILE_FAILED',
      `Session file not found for ${key}. Run openclaw doctor to inspect session storage.`,
      { details: { path: transcript } },
    );
  }
  return { ...found, from: { kind: 'file', transcript } };
}

async function exists(file: string): Promise<boolean> {
  try {
    await fs.stat(file);
    return true;
  } catch {
    return false;
  }
}

async function writeSession(
  session: FoundSession,
  request: ExportRequest,
  state: State,
  flags: Flags,
  { world }: Context,
): Promise<ExportReport> {
  const workspaceDir = path.resolve(world.cwd, request.workspace ?? '');
  const nowMs = world.now();
  const target = await resolveExportTarget(workspaceDir, request.output, defaultBundleName(session.sessionId, nowMs));
  await using files = await openSources(session, state, world);
  await using progress = await startProgress(world, flags, files.bytes);
  progress.show('Reading the session');
  const plan = await planBundle({
    ...session,
    ...files,
    workspaceDir,
    redactor: createRedactor({
      workspaceDir,
      stateDir: state.stateDir,
      homeDir: nonBlank(state.env['HOME']),
      userProfile: nonBlank(state.env['USERPROFILE']),
    }),
    nowMs,
  });
  await writeBundle(target, world.interrupted, async (write) => {
    const sizes = new Map<string, number>();
    for (const file of plan.files) {
      progress.show(`Writing ${file.name}`);
      sizes.set(file.name, await write(file.name, file.content()));
    }
    // Last: it tells the sizes of the others, and a bundle that has it is whole.
    await write('manifest.json', [plan.manifest((file) => sizes.get(file.name) ?? 0)]);
  });
  return reportExport(plan, session.sessionId, target.dir, workspaceDir);
}

async function openSources({ sessionId, from }: FoundSession, state: State, world: World): Promise<SessionSources> {
  if (from.kind === 'file') {
    return await openSessionFiles({ sessionId, transcript: from.transcript }, trajectoryDir(state, world.cwd), world);
  }
  const { openDatabaseSession } = await import('../stores/sqlite/events.ts');
  const { transcript, runtime } = await openDatabaseSession(from.database, sessionId);
  return {
    transcript,
    runtime,
    sourceFiles: { session: from.database },
    bytes: transcript.bytes + (runtime?.bytes ?? 0),
    // Nothing is held open between two reads.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** OPENCLAW_TRAJECTORY_DIR, absolute. */
function trajectoryDir({ env, homeDir }: State, cwd: string): string | undefined {
  const named = nonBlank(env['OPENCLAW_TRAJECTORY_DIR']);
  return named === undefined ? undefined : path.resolve(cwd, expandHome(named, homeDir));
}

/** Gives failures the words of OpenClaw 2026.5.12: the message, and behind it those of its causes. */
async function orExportFailure<T>(work: () => Promise<T>, { world }: Context): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (world.interrupted.aborted) {
      throw new SessionsError('INTERRUPTED', 'Interrupted: no bundle was written.', { cause: error });
    }
    // A store that cannot be read has its own words and exit code.
    if (error instanceof SessionsError && error.code.startsWith('STORE_')) throw error;
    // These are mistakes of ours.
    if (error instanceof TypeError || error instanceof ReferenceError) throw error;
    throw new SessionsError('EXPORT_FAILED', `Failed to export trajectory: ${maskSecrets(messagesOf(error))}`, {
      cause: error,
    });
  }
}

function messagesOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} | ${messagesOf(error.cause)}`;
}
