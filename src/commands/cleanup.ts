import fs from 'node:fs';
import path from 'node:path';
import { loadState, type State } from '../config/state.ts';
import { explainRows } from '../core/cleanup/explain.ts';
import type { CleanupPlan } from '../core/cleanup/plan.ts';
import { settlePolicy } from '../core/cleanup/policy.ts';
import { type AppliedFacts, summarizeCleanup } from '../core/cleanup/report.ts';
import { tabulateActions } from '../core/cleanup/table.ts';
import { type ExitCode, exitCodes, SessionsError } from '../errors.ts';
import { followLinks } from '../files/atomic-write.ts';
import type { UndoneStep } from '../files/file-steps.ts';
import { withStoreLocks } from '../files/store-lock.ts';
import { readLockTimeoutMs } from '../options/cleanup.ts';
import type { Flags } from '../program.ts';
import { startProgress } from '../render/progress.ts';
import { renderCleanup, type StoreReport } from '../render/cleanup.ts';
import { renderCleanupJson } from '../render/cleanup-json.ts';
import { heldBackLine } from '../render/cleanup-reasons.ts';
import { choiceNotices } from '../render/store-choice.ts';
import { checkTargetFlags, selectTargets } from '../scope/targets.ts';
import { applyCleanup, type CleanupOutcome, type JsonCleanupInput, previewCleanup } from '../stores/json/cleanup.ts';
import { readJsonStore } from '../stores/json/read.ts';
import type { StoreTarget } from '../stores/types.ts';
import { requireJsonStores } from '../stores/writable.ts';
import type { Context, Messages, Rendered, RunCommand } from './types.ts';

/**
 * `sessions cleanup`: removes what the maintenance policy says from the stores and their folders
 * (docs/commands/cleanup.md). A dry run shows the plan and touches nothing. A running Gateway does it itself (V8).
 *
 * Side effects of an applied run, store by store, in order: the store's lock, the store, its transcripts, sidecars,
 * archives and other files in its folder.
 */
export const cleanup: RunCommand = async (flags, _args, context) => {
  const { world, messages } = context;
  const state = await loadState(world, flags);
  for (const warning of state.warnings) messages.notice(warning);
  const lockTimeoutMs = readLockTimeoutMs(flags);
  checkTargetFlags(flags);
  if (flags.dryRun === true || flags.store !== undefined) {
    return await cleanUpHere(await localTargets(flags, state, context), lockTimeoutMs, flags, state, context);
  }
  const { tryGateway } = await import('./cleanup-forward.ts');
  const forwarded = await tryGateway(flags, state, context);
  if ('rendered' in forwarded) return forwarded.rendered;
  let outcome = '';
  try {
    const targets = await localTargets(flags, state, context);
    outcome = '; ran locally';
    return await cleanUpHere(targets, lockTimeoutMs, flags, state, context);
  } finally {
    messages.notice(`no Gateway at ${forwarded.nobodyAt}${outcome}`);
  }
};

/** The stores to clean up here; refuses what only a Gateway may change. */
async function localTargets(flags: Flags, state: State, { world, messages }: Context): Promise<readonly StoreTarget[]> {
  const { targets } = selectTargets(flags, state, world.cwd);
  const choices = await requireJsonStores(targets, state.stateDir, flags.dryRun === true ? 'preview' : 'change');
  for (const notice of choices.flatMap(choiceNotices)) messages.notice(notice);
  return targets;
}

async function cleanUpHere(
  targets: readonly StoreTarget[],
  lockTimeoutMs: number,
  flags: Flags,
  state: State,
  context: Context,
): Promise<Rendered> {
  const inputs = targets.map((target) => cleanupInput(target, flags, state, context));
  if (flags.dryRun === true) return await preview(inputs, flags, state, context);
  return await apply(inputs, lockTimeoutMs, flags, state, context);
}

function cleanupInput(target: StoreTarget, flags: Flags, state: State, { world }: Context): JsonCleanupInput {
  return {
    target,
    stateDir: state.stateDir,
    policy: settlePolicy(state.config.session ?? {}, flags),
    now: () => world.now(),
    isRunning: world.isRunning,
  };
}

async function preview(
  inputs: readonly JsonCleanupInput[],
  flags: Flags,
  state: State,
  { world, messages }: Context,
): Promise<Rendered> {
  const reports = inputs.map((input) => {
    const plan = previewCleanup(input);
    sayHeldBack(plan, flags, messages);
    return reportStore(input.target, plan, flags, state);
  });
  return { stdout: await render(reports, flags, world), exitCode: exitCodes.ok };
}

async function apply(
  inputs: readonly JsonCleanupInput[],
  timeoutMs: number,
  flags: Flags,
  state: State,
  { world, messages }: Context,
): Promise<Rendered> {
  await using progress = await startProgress(world, flags);
  const files = new Map(inputs.map(({ target }) => [target, followLinks(target.path)]));
  const safePoint = (): void => {
    if (world.interrupted.aborted) throw interrupted(world.interrupted);
  };
  // Every store is read before the first is changed: one that is damaged refuses the whole run.
  for (const { target } of inputs) readJsonStore(target.path);
  for (const file of files.values()) createFolder(path.dirname(file));
  const lockOptions = {
    timeoutMs,
    pid: world.pid,
    isRunning: world.isRunning,
    interrupted: world.interrupted,
    onWait: (holder: string) => {
      messages.notice(`Waiting for the lock held by ${holder}`);
    },
  };
  const outcomes = await withStoreLocks([...files.values()], lockOptions, async (locks) => {
    if (inputs.length > 1) for (const { target } of inputs) readJsonStore(target.path);
    const done: { input: JsonCleanupInput; outcome: CleanupOutcome }[] = [];
    for (const input of inputs) {
      const lock = locks.get(files.get(input.target) ?? '');
      if (lock === undefined) throw new Error(`no lock for ${input.target.path}`);
      const { path: storePath } = input.target;
      progress.show(`${storePath}: reading and planning`);
      const outcome = await applyCleanup(input, lock, {
        safePoint,
        onReplan: () => {
          messages.detail(`${storePath} was changed meanwhile: reading it again`);
        },
        onStep: (at) => {
          progress.show(`${storePath}: files ${at.done} of ${at.of}`);
        },
      });
      done.push({ input, outcome });
    }
    return done;
  });
  await progress[Symbol.asyncDispose]();
  const reports = outcomes.map(({ input, outcome }) => {
    sayOutcome(input.target, outcome, flags, messages);
    const applied = { ...outcome, undone: outcome.undone.map(({ step }) => step) };
    return reportStore(input.target, outcome.plan, flags, state, applied);
  });
  return {
    stdout: await render(reports, flags, world),
    exitCode: exitCodeOf(outcomes.map(({ outcome }) => outcome)),
  };
}

function interrupted({ reason }: AbortSignal): SessionsError {
  return new SessionsError(
    reason === 'SIGTERM' ? 'TERMINATED' : 'INTERRUPTED',
    'Interrupted before the store was changed.',
  );
}

/** For a store that does not exist yet. */
function createFolder(dir: string): void {
  try {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new SessionsError('FILE_FAILED', `Folder cannot be created: ${dir}: ${(error as Error).message}`, {
      details: { path: dir },
      cause: error,
    });
  }
}

function reportStore(
  target: StoreTarget,
  plan: CleanupPlan,
  flags: Flags,
  state: State,
  applied?: AppliedFacts,
): StoreReport {
  const isTableShown = flags.json !== true && (flags.dryRun === true || flags.explain === true);
  return {
    summary: summarizeCleanup(target, plan, applied),
    rows: isTableShown ? tabulateActions(plan, target.agentId, state.config) : [],
    explanation:
      flags.explain === true
        ? { policy: plan.policy, rows: explainRows(plan), files: plan.steps, heldBack: plan.heldBack }
        : undefined,
  };
}

async function render(reports: readonly StoreReport[], flags: Flags, world: Context['world']): Promise<string> {
  return flags.json === true ? renderCleanupJson(reports) : await renderCleanup(reports, flags, world);
}

function sayOutcome({ path: storePath }: StoreTarget, outcome: CleanupOutcome, flags: Flags, messages: Messages): void {
  if (outcome.finishedFiles > 0) {
    messages.notice(`Finished what an interrupted run had left: files ${outcome.finishedFiles}`);
  }
  sayHeldBack(outcome.plan, flags, messages);
  const failed = outcome.undone.filter(({ reason }) => reason.code === 'failed');
  const skipped = outcome.undone.filter(({ reason }) => reason.code !== 'failed');
  sayFew(skipped.map(undoneLine), flags, (line) => {
    messages.notice(line);
  });
  sayFew(failed.map(undoneLine), flags, (line) => {
    messages.error(line);
  });
  if (outcome.isOverwritten) {
    messages.error(`Session store was changed by another program after the cleanup had written it: ${storePath}`);
  }
}

function sayHeldBack({ heldBack, purpose }: CleanupPlan, flags: Flags, messages: Messages): void {
  const lines = heldBack.map((held) => heldBackLine(held, purpose === 'preview'));
  sayFew(lines, flags, (line) => {
    messages.notice(line);
  });
}

const fewLines = 5;

/** The first lines and how many there are; all of them with --verbose. */
function sayFew(lines: readonly string[], { verbose }: Flags, say: (line: string) => void): void {
  const shown = verbose === true ? lines : lines.slice(0, fewLines);
  for (const line of shown) say(line);
  if (shown.length < lines.length) say(`... and ${lines.length - shown.length} more (--verbose shows all)`);
}

function undoneLine({ step, reason }: UndoneStep): string {
  switch (reason.code) {
    case 'gone':
      return `Left ${step.file}: it is gone`;
    case 'changed':
      return `Left ${step.file}: it has changed since`;
    case 'in-use':
      return `Left ${step.file}: in use${reason.pid === undefined ? '' : ` by process ${reason.pid}`}`;
    case 'failed':
      return `Could not ${step.effect} ${step.file}: ${reason.message}`;
  }
}

function exitCodeOf(outcomes: readonly CleanupOutcome[]): ExitCode {
  if (outcomes.some(({ isOverwritten }) => isOverwritten)) return exitCodes.busy;
  const hasFailed = outcomes.some(({ undone }) => undone.some(({ reason }) => reason.code === 'failed'));
  return hasFailed ? exitCodes.failed : exitCodes.ok;
}
