import type { RowAction } from './choose.ts';
import type { FileFacts, LockHolder } from './snapshot.ts';

/** One change to a file. */
export interface FileStep {
  readonly effect: 'archive' | 'delete';
  /** Relative to the sessions folder; absolute for a runtime trajectory outside. */
  readonly file: string;
  /** The archive's name, relative like `file`; undefined for a deletion. */
  readonly archive: string | undefined;
  readonly why: StepReason;
  /** The row that the file goes with. */
  readonly key: string | undefined;
  /** What the file was when the plan was made; undefined when nobody looked. A file that has changed since is left. */
  readonly facts: FileFacts | undefined;
}

export type StepReason =
  /** The transcript of a row that goes. */
  | 'row-removed'
  /** The trajectory of a row that goes. */
  | 'row-sidecar'
  /** An archive older than its retention. */
  | 'archive-expired'
  /** The folder is over its disk budget. */
  | 'disk-budget'
  /** An old file that no row names. */
  | 'unreferenced';

/** What a guard kept from being removed (V10, V16). */
export type HeldBack =
  | {
      readonly kind: 'row';
      readonly key: string;
      /** The step that would have removed the row. */
      readonly action: RowAction;
      readonly guard: Guard;
    }
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly why: StepReason;
      readonly guard: Guard;
    };

export type Guard =
  | { readonly code: 'in-use'; readonly lock: LockHolder }
  /** Nobody can say whether the transcript of the row is missing. */
  | { readonly code: 'unseen'; readonly path: string }
  /** Changed so many milliseconds ago. */
  | { readonly code: 'young'; readonly ageMs: number }
  /** A remaining row names the file. */
  | { readonly code: 'named' }
  /** A topic transcript of a remaining row's session. */
  | { readonly code: 'topic' };

/** A step that was not done, and why. */
export interface UndoneStep {
  readonly step: FileStep;
  readonly reason: UndoneReason;
}

export type UndoneReason =
  /** Somebody else removed or renamed the file. */
  | { readonly code: 'gone' }
  /** The file is not what it was when the plan was made. */
  | { readonly code: 'changed' }
  /** The runtime has taken its lock since. */
  | { readonly code: 'in-use'; readonly pid: number | undefined }
  | {
      readonly code: 'failed';
      readonly message: string;
      /** The file system refused: it may do it another time. */
      readonly mayWorkLater: boolean;
    };

/** What goes with a removed row, and is done by a later run when this one could not. */
export function isLeftForLater({ step, reason }: UndoneStep): boolean {
  return isRowStep(step) && (reason.code === 'in-use' || (reason.code === 'failed' && reason.mayWorkLater));
}

export const isRowStep = ({ why }: FileStep): boolean => why === 'row-removed' || why === 'row-sidecar';
