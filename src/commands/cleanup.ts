import { loadState, type State } from '../config/state.ts';
import { explainRows } from '../core/cleanup/explain.ts';
import type { CleanupPlan } from '../core/cleanup/plan.ts';
import type { StoreReport } from '../core/cleanup/store-report.ts';
import { settlePolicy } from '../core/cleanup/policy.ts';
import { type AppliedFacts, summarizeCleanup } from '../core/cleanup/report.ts';
import { tabulateActions } from '../core/cleanup/table.ts';
import { type ExitCode, exitCodes } from '../errors.ts';
import { checkActiveKey } from '../options/cleanup.ts';
import { readLockTimeoutMs, readTimeout } from '../options/limits.ts';
import type { Flags } from '../program.ts';
import { renderCleanup } from '../render/cleanup.ts';
import { renderCleanupJson } from '../render/cleanup-json.ts';
import { fewOf, heldBackLines, undoneLine } from '../render/cleanup-messages.ts';
import { startProgress } from '../render/progress.ts';
import { choiceNotices } from '../render/store-choice.ts';
import { checkTargetFlags, selectTargets } from '../scope/targets.ts';
import type { DoneCleanup } from '../stores/json/cleanup-all.ts';
import { previewCleanup } from '../stores/json/cleanup-preview.ts';
import type { JsonCleanupInput } from '../stores/json/cleanup-snapshot.ts';
import type { StoreTarget } from '../stores/types.ts';
import { readOptionsOf } from '../stores/json/open.ts';
import type { OtherStores } from '../stores/json/other-stores.ts';
import { requireJsonStores } from '../stores/writable.ts';
import { otherStores } from './other-stores.ts';
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
  const dialOptions = readTimeout(flags);
  checkTargetFlags(flags);
  checkActiveKey(flags);
  if (flags.dryRun === true || flags.store !== undefined) {
    return await cleanUpHere(await localTargets(flags, state, context), lockTimeoutMs, flags, state, context);
  }
  const { tryGateway } = await import('./cleanup-forward.ts');
  const forwarded = await tryGateway(flags, dialOptions, state, context);
  if ('rendered' in forwarded) return forwarded.rendered;
  let outcome = '';
  try {
    const targets = await localTargets(flags, state, context);
    const rendered = await cleanUpHere(targets, lockTimeoutMs, flags, state, context);
    // A run that was refused says why; one that failed on its way, which stores were done before.
    outcome = '; ran locally';
    return rendered;
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
  const others = otherStores(state, context);
  const inputs = targets.map((target) => cleanupInput(target, others, flags, state, context));
  if (flags.dryRun === true) return await preview(inputs, flags, state, context);
  return await apply(inputs, lockTimeoutMs, flags, state, context);
}

function cleanupInput(
  target: StoreTarget,
  others: OtherStores,
  flags: Flags,
  state: State,
  { world }: Context,
): JsonCleanupInput {
  return {
    target,
    others,
    stateDir: state.stateDir,
    policy: settlePolicy(state.config.session ?? {}, flags),
    now: () => world.now(),
    isRunning: world.isRunning,
    isListed: isTableShown(flags) || flags.verbose === true,
    read: readOptionsOf(world.env),
  };
}

async function preview(
  inputs: readonly JsonCleanupInput[],
  flags: Flags,
  state: State,
  { world, messages }: Context,
): Promise<Rendered> {
  const reports: StoreReport[] = [];
  for (const input of inputs) {
    const plan = previewCleanup(input);
    for (const line of fewOf(heldBackLines(plan), flags.verbose === true)) messages.notice(line);
    if (flags.verbose === true) await sayOddFields(input.target, plan, messages);
    reports.push(reportStore(input.target, plan, flags, state));
  }
  return { stdout: await render(reports, flags, world), exitCode: exitCodes.ok };
}

async function apply(
  inputs: readonly JsonCleanupInput[],
  timeoutMs: number,
  flags: Flags,
  state: State,
  { world, messages }: Context,
): Promise<Rendered> {
  const done = await applyWithProgress(inputs, timeoutMs, flags, { world, messages });
  const reports = done.map(({ target, outcome }) => {
    const undone = outcome.undone.map(({ step }) => step);
    return reportStore(target, outcome.plan, flags, state, { appliedCount: outcome.appliedCount, undone });
  });
  for (const each of done) await sayOutcome(each, flags, messages);
  return { stdout: await render(reports, flags, world), exitCode: exitCodeOf(done) };
}

async function applyWithProgress(
  inputs: readonly JsonCleanupInput[],
  timeoutMs: number,
  flags: Flags,
  { world, messages }: Pick<Context, 'world' | 'messages'>,
): Promise<readonly DoneCleanup[]> {
  const { cleanUpStores } = await import('../stores/json/cleanup-all.ts');
  await using progress = await startProgress(world, flags);
  const done: StoreTarget[] = [];
  try {
    return await cleanUpStores(
      inputs,
      {
        timeoutMs,
        pid: world.pid,
        isRunning: world.isRunning,
        interrupted: world.interrupted,
        onWait: (holder) => {
          messages.notice(`Waiting for the lock held by ${holder}`);
        },
      },
      {
        onStore: ({ path }) => {
          progress.show(`${path}: reading and planning`);
        },
        onStep: ({ path }, step) => {
          progress.show(`${path}: files ${step.done} of ${step.of}`);
        },
        onReplan: ({ path }) => {
          messages.detail(`${path} was changed meanwhile: reading it again`);
        },
        onDone: (target) => {
          done.push(target);
        },
      },
    );
  } catch (error) {
    for (const { path } of done) messages.error(`Cleaned up before the failure: ${path}`);
    throw error;
  }
}

function reportStore(
  target: StoreTarget,
  plan: CleanupPlan,
  flags: Flags,
  state: State,
  applied?: AppliedFacts,
): StoreReport {
  return {
    summary: summarizeCleanup(target, plan, applied),
    rows: isTableShown(flags) ? tabulateActions(plan, target.agentId, state.config) : [],
    explanation:
      flags.explain === true
        ? { policy: plan.policy, rows: explainRows(plan), files: plan.steps, heldBack: plan.heldBack }
        : undefined,
  };
}

function isTableShown({ json, dryRun, explain }: Flags): boolean {
  return json !== true && (dryRun === true || explain === true);
}

async function render(reports: readonly StoreReport[], flags: Flags, world: Context['world']): Promise<string> {
  return flags.json === true ? renderCleanupJson(reports) : await renderCleanup(reports, flags, world);
}

/** What the report has no place for: it is the reference's. */
async function sayOutcome({ target, outcome }: DoneCleanup, flags: Flags, messages: Messages): Promise<void> {
  const { plan, undone, finishedFiles, isOverwritten } = outcome;
  if (flags.verbose === true) await sayOddFields(target, plan, messages);
  const few = (lines: readonly string[]): readonly string[] => fewOf(lines, flags.verbose === true);
  if (finishedFiles > 0) messages.notice(`Finished what an interrupted run had left: files ${finishedFiles}`);
  for (const line of few(heldBackLines(plan))) messages.notice(line);
  for (const line of few(undone.filter((each) => !isFailed(each)).map(undoneLine))) messages.notice(line);
  for (const line of few(undone.filter(isFailed).map(undoneLine))) messages.error(line);
  if (isOverwritten) {
    messages.error(`Session store was changed by another program after the cleanup had written it: ${target.path}`);
  }
}

/** Loaded for --verbose only. */
async function sayOddFields({ path }: StoreTarget, { rows }: CleanupPlan, messages: Messages): Promise<void> {
  const { tellOddFields } = await import('./odd-fields.ts');
  tellOddFields(
    path,
    rows.map(({ row }) => row),
    messages,
  );
}

function isFailed({ reason }: DoneCleanup['outcome']['undone'][number]): boolean {
  return reason.code === 'failed';
}

function exitCodeOf(done: readonly DoneCleanup[]): ExitCode {
  if (done.some(({ outcome }) => outcome.isOverwritten)) return exitCodes.busy;
  return done.some(({ outcome }) => outcome.undone.some(isFailed)) ? exitCodes.failed : exitCodes.ok;
}
