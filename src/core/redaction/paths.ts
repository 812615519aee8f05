import path from 'node:path';

/** The folders whose names a bundle does not tell. Absolute; undefined when the environment does not give one. */
export interface LocalFolders {
  readonly workspaceDir: string;
  readonly stateDir: string;
  readonly homeDir: string | undefined;
  /** USERPROFILE. */
  readonly userProfile: string | undefined;
}

export interface PathRedaction {
  /** Replaces the workspace where it stands as a whole path, or as the beginning of one, by `$WORKSPACE_DIR`. */
  replaceWorkspace(text: string): string;
  /** True for a text that is an absolute path, or that names the state, home or profile folder. */
  showsLocalPath(text: string): boolean;
  /**
   * Replaces the state folder by `$OPENCLAW_STATE_DIR` and the home folders by `~`, the longest first. A text that is an
   * absolute path is normalised and changed at its beginning only; undefined when it is one and begins elsewhere.
   */
  replaceHomes(text: string): { readonly text: string; readonly isForeignPath: boolean };
}

/** Path rules of OpenClaw 2026.5.12 (docs/commands/export-trajectory.md). */
export function createPathRedaction(folders: LocalFolders): PathRedaction {
  const { workspaceDir, stateDir, homeDir, userProfile } = folders;
  const prefixes = [
    { folder: stateDir, name: '$OPENCLAW_STATE_DIR' },
    { folder: homeDir, name: '~' },
    { folder: userProfile, name: '~' },
  ]
    .filter((prefix): prefix is { folder: string; name: string } => prefix.folder !== undefined && prefix.folder !== '')
    .sort((a, b) => b.folder.length - a.folder.length);

  return {
    replaceWorkspace(text) {
      let result = '';
      let done = 0;
      for (let at = text.indexOf(workspaceDir); at !== -1; at = text.indexOf(workspaceDir, at + 1)) {
        const end = at + workspaceDir.length;
        if (at < done || (end < text.length && text[end] !== '/' && text[end] !== '\\')) continue;
        result += `${text.slice(done, at)}$WORKSPACE_DIR`;
        done = end;
      }
      return done === 0 ? text : result + text.slice(done);
    },
    showsLocalPath: (text) => text.startsWith('/') || prefixes.some(({ folder }) => text.includes(folder)),
    replaceHomes(text) {
      if (!isAbsolute(text)) {
        const replaced = prefixes.reduce((result, { folder, name }) => result.replaceAll(folder, () => name), text);
        return { text: replaced, isForeignPath: false };
      }
      const normal = text.startsWith('/') ? path.posix.resolve(text) : path.win32.resolve(text);
      for (const { folder, name } of prefixes) {
        if (normal === folder || normal.startsWith(`${folder}/`) || normal.startsWith(`${folder}\\`)) {
          return { text: name + normal.slice(folder.length), isForeignPath: false };
        }
      }
      return { text: normal, isForeignPath: true };
    },
  };
}

const isAbsolute = (text: string): boolean => /^(?:\/|[A-Za-z]:[/\\]|\\\\)/.test(text);
