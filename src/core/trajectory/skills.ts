import path from 'node:path';
import { isJsonObject, type JsonObject } from '../json.ts';

/** Finds out which skills a session has used, from the paths its tool calls name. */
export interface SkillUse {
  /** Takes note of the arguments of a tool call, as stored. */
  see(toolArguments: unknown): void;
  /** The skills of `trace.metadata` with `invoked` and, when it is true, how that is known. */
  annotate(skills: unknown): unknown;
}

/**
 * A skill counts as used when a tool call names its file: by the whole path, its end, or `<folder of the skill>/SKILL.md`
 * (OpenClaw 2026.5.12). Texts directly in arrays are not looked at.
 */
export function createSkillUse(): SkillUse {
  const seen = new Set<string>();
  return {
    see(toolArguments) {
      for (const text of pathTexts(toolArguments, 0)) seen.add(plainPath(text));
    },
    annotate(skills) {
      if (!isJsonObject(skills) || !Array.isArray(skills['entries']) || skills['entries'].length === 0) return skills;
      const entries = skills['entries'].map((entry: unknown) => {
        if (!isJsonObject(entry)) return entry;
        const invoked = isUsed(entry, seen);
        return { ...entry, invoked, ...(invoked ? { invocationDetectedBy: 'tool-call-file-path' } : {}) };
      });
      return { ...skills, entries };
    },
  };
}

/** True when there is anything to annotate: looking for tool calls costs a pass over the transcript. */
export function hasSkills(skills: unknown): boolean {
  return isJsonObject(skills) && Array.isArray(skills['entries']) && skills['entries'].length > 0;
}

function* pathTexts(value: unknown, depth: number): Generator<string> {
  if (depth > maxDepth || typeof value !== 'object' || value === null) return;
  const isArray = Array.isArray(value);
  for (const [key, member] of Object.entries(value)) {
    if (typeof member !== 'string') yield* pathTexts(member, depth + 1);
    else if (!isArray && (key.toLowerCase().includes('path') || /(?:SKILL|skill)\.md$/.test(member))) yield member;
  }
}

const maxDepth = 100;

const plainPath = (text: string): string => text.replaceAll('\\', '/').trim().toLowerCase();

function isUsed({ filePath }: JsonObject, seen: ReadonlySet<string>): boolean {
  if (typeof filePath !== 'string') return false;
  const file = plainPath(filePath);
  if (file === '') return false;
  const ending = `/${path.posix.basename(path.posix.dirname(file))}/skill.md`;
  return seen.values().some((text) => text.endsWith(file) || text.endsWith(ending));
}
