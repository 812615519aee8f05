import type { ColorLevel } from './color.ts';

/** A text in a colour; the same text when colours are off. */
export type Paint = (text: string) => string;

/** Colours by what they mean, those of OpenClaw 2026.5.12. */
export interface Theme {
  readonly accent: Paint;
  readonly accentBright: Paint;
  readonly info: Paint;
  readonly success: Paint;
  readonly warn: Paint;
  readonly error: Paint;
  readonly muted: Paint;
  readonly heading: Paint;
}

export const plain: Paint = (text) => text;

/** Loads chalk only when there is something to colour. */
export async function createTheme(level: ColorLevel): Promise<Theme> {
  if (level === 0) return colourless;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level });
  return {
    accent: chalk.hex('#FF5A2D'),
    accentBright: chalk.hex('#FF7A3D'),
    info: chalk.hex('#FF8A5B'),
    success: chalk.hex('#2FBF71'),
    warn: chalk.hex('#FFB020'),
    error: chalk.hex('#E23D2D'),
    muted: chalk.hex('#8B7F77'),
    heading: chalk.bold.hex('#FF5A2D'),
  };
}

export const colourless: Theme = {
  accent: plain,
  accentBright: plain,
  info: plain,
  success: plain,
  warn: plain,
  error: plain,
  muted: plain,
  heading: plain,
};
