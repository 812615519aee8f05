import type { ConfigWriting } from './config-files.ts';

/**
 * What a home holds before a command runs: plain values that can be printed, saved and built again. Texts may hold
 * `$HOME` (the home) and, in a store's rows and beside it, `$DIR` (the sessions folder); times are ages, because a state
 * is built again and again. `$PID` and `$NOW` are a process that runs while the command does, and the moment of building,
 * for the locks of a running OpenClaw.
 */
export interface State {
  /** `openclaw.json`; a text is written as it is. Undefined: no config. */
  readonly config: unknown;
  /** How the config is written down, when it is not one plain file. */
  readonly writing?: ConfigWriting;
  readonly stores: readonly StoreState[];
  /** Files anywhere in the home, besides those of a store. */
  readonly files: readonly FileState[];
}

export interface StoreState {
  /** The store file, below the home. */
  readonly path: string;
  readonly content: StoreContent;
  /** Milliseconds since it was written; as good as none when not given. */
  readonly ageMs?: number;
  /** Beside the store: names may stand in sub-folders. */
  readonly files: readonly FileState[];
}

export type StoreContent =
  | { readonly form: 'absent' }
  /** A text that is no store. */
  | { readonly form: 'damaged'; readonly text: string }
  | {
      readonly form: 'two-space' | 'compact' | 'line-end' | 'tab';
      readonly rows: readonly (readonly [key: string, row: unknown])[];
    };

export interface FileState {
  readonly name: string;
  /** Milliseconds since the last change. */
  readonly ageMs: number;
  /** A text, so many made-up bytes, or the target of a link. */
  readonly content: string | number | { readonly link: string };
  /** The name goes on with the stamp of a moment so long ago: an archive. */
  readonly archivedMs?: number;
}

/** Stands in a row for the time so many milliseconds ago. */
export interface Ago {
  readonly $ago: number;
  /** As a text instead of a number. */
  readonly asText?: boolean;
}

export function isAgo(value: unknown): value is Ago {
  return typeof value === 'object' && value !== null && '$ago' in value;
}

/** A command line and the state it meets. */
export interface Case {
  readonly args: readonly string[];
  readonly state: State;
  /** The stores that the command line means, as the state names them. */
  readonly targets: readonly string[];
}

/** The folder of a path that is written with slashes, empty for none. */
export function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

/** The rows of a store; none when it is absent or damaged. */
export function rowsOf({ content }: StoreState): readonly (readonly [key: string, row: unknown])[] {
  return 'rows' in content ? content.rows : [];
}

/** The same state with every row changed, or left out where the change gives undefined. */
export function mapRows(state: State, change: (row: unknown, key: string) => unknown): State {
  return {
    ...state,
    stores: state.stores.map((store) => {
      const { content } = store;
      if (!('rows' in content)) return store;
      const rows = content.rows.flatMap(([key, row]) => {
        const changed = change(row, key);
        return changed === undefined ? [] : [[key, changed] as const];
      });
      return { ...store, content: { ...content, rows } };
    }),
  };
}
