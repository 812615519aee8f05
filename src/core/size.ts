const unitBytes = {
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  t: 1024 ** 4,
  tb: 1024 ** 4,
} as const;

/**
 * Reads a size such as `500mb`, `1.5g`, `1024`; blanks around it and capitals do not matter, units are powers of 1024,
 * and a bare number counts bytes (OpenClaw 2026.5.12).
 *
 * @returns whole bytes, or undefined when the text is not a size (`''`, `10 kb`, `10qb`, `-1`)
 */
export function parseSizeBytes(value: string | number): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(b|kb?|mb?|gb?|tb?)?$/.exec(String(value).trim().toLowerCase());
  if (match === null) return undefined;
  const [, digits = '', unit = 'b'] = match;
  const bytes = Math.round(Number(digits) * unitBytes[unit as keyof typeof unitBytes]);
  return Number.isFinite(bytes) ? bytes : undefined;
}
