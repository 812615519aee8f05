import type { CleanupPlan } from '../core/cleanup/plan.ts';
import { heldBackLine } from './cleanup-reasons.ts';
import type { UndoneStep } from '../core/cleanup/steps.ts';

const fewLines = 5;

/** What the guards held back, a line each. */
export function heldBackLines({ heldBack, purpose }: CleanupPlan): readonly string[] {
  return heldBack.map((held) => heldBackLine(held, purpose === 'preview'));
}

/** A step that was not done, for people. */
export function undoneLine({ step, reason }: UndoneStep): string {
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

/** The first lines and how many more there are; all of them when everything is wanted. */
export function fewOf(lines: readonly string[], isAllWanted: boolean): readonly string[] {
  if (isAllWanted || lines.length <= fewLines) return lines;
  return [...lines.slice(0, fewLines), `... and ${lines.length - fewLines} more (--verbose shows all)`];
}
