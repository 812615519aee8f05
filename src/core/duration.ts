const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export type DurationUnit = keyof typeof unitMs;

/**
 * Reads a duration such as `30d`, `1.5h`, `1h30m`, `7`; blanks around it and capitals do not matter. A number, or text
 * without a unit, counts in `bareUnit` (days in the config, as in OpenClaw 2026.5.12). In a composite every part needs
 * its unit, and nothing stands between the parts. Zero is a duration.
 *
 * @returns whole milliseconds, or undefined when the text is not a duration (`''`, `2w`, `-1d`, `1h 30m`)
 */
export function parseDurationMs(value: string | number, bareUnit: DurationUnit = 'd'): number | undefined {
  const text = String(value).trim().toLowerCase();
  const bare = /^\d+(?:\.\d+)?$/.test(text);
  if (!bare && !/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, digits = '', unit = bareUnit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)?/g)) {
    sum += Number(digits) * unitMs[unit as DurationUnit];
  }
  const ms = Math.round(sum);
  return Number.isFinite(ms) ? ms : undefined;
}
