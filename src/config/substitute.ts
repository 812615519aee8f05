import type { Env } from '../world.ts';
import { mapStrings } from './map-strings.ts';

/**
 * Replaces `${NAME}` in every string value by the variable's value; `$${NAME}` gives the text `${NAME}`. The text stays
 * as it is when the variable is unset or empty, and when the name is not all capitals, digits and underscores
 * (OpenClaw 2026.5.12 goes on silently, so do we).
 */
export function substituteVariables(config: unknown, env: Env): unknown {
  return mapStrings(config, (text) =>
    text.replace(/\$(\$?)(\{([A-Z_][A-Z0-9_]*)\})/g, (whole, escaped: string, braced: string, name: string) => {
      if (escaped !== '') return `$${braced}`;
      const value = env[name];
      return value === undefined || value === '' ? whole : value;
    }),
  );
}

/** Whether the text holds a `${NAME}` that is meant as a variable. */
export function hasVariable(text: string): boolean {
  return /(?<!\$)\$\{[A-Z_][A-Z0-9_]*\}/.test(text);
}
