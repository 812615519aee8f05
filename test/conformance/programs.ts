import { execa } from 'execa';
import path from 'node:path';
import { type BuiltHome, maskText, readHome } from './home.ts';

/** A program that is compared: the real OpenClaw, ours, or ours with something changed. */
export interface Program {
  readonly name: string;
  /** The script that Node runs, and the arguments before those of the case. */
  readonly script: string;
  readonly lead: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a run came to, with all masked that two runs cannot have in common. */
export interface Outcome {
  /** Undefined when it was ended by a signal. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The home afterwards: name -> content. */
  readonly files: Readonly<Record<string, string>>;
  /** What another release than 2026.5.12 does differently by rule, and was put in (docs/conformance.md, later releases). */
  readonly adapted?: readonly string[];
}

export function openclaw(script: string, cacheFolder: string): Program {
  // Without a second start of itself, and with its compiled code kept, the reference answers in half the time.
  const env = { OPENCLAW_NO_RESPAWN: '1', NODE_COMPILE_CACHE: path.join(cacheFolder, 'compiled') };
  return { name: 'reference', script, lead: ['sessions'], env };
}

export const ours: Program = {
  name: 'ours',
  script: path.resolve(import.meta.dirname, '../../bin/sessions.js'),
  lead: [],
};

/** Runs the program in a home that was built, with a bare environment, and reads what it left. */
export async function runIn(built: BuiltHome, program: Program, args: readonly string[]): Promise<Outcome> {
  const { home } = built;
  const filled = args.map((arg) => arg.replaceAll('$HOME', home));
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program.script, ...program.lead, ...filled], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, TERM: 'xterm', ...program.env },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: 'ignore',
    timeout: 120_000,
  });
  const endMs = Date.now();
  const mask = (text: string): string => maskText(text, built, endMs);
  // eslint-disable-next-line no-control-regex -- the reference colours its notes even in a pipe (V23)
  const plain = stderr.replace(/\x1b\[[\d;]*m/g, '');
  return { exitCode, stdout: mask(stdout), stderr: mask(plain), files: readHome(built, endMs) };
}

/** What differs between two outcomes, one line each; stderr counts where both failed. */
export function differences(reference: Outcome, ours: Outcome): readonly string[] {
  const lines: string[] = [];
  if (reference.exitCode !== ours.exitCode) lines.push(`exit code: ${reference.exitCode} | ${ours.exitCode}`);
  lines.push(...textDifferences('stdout', reference.stdout, ours.stdout));
  if (reference.exitCode !== 0 && ours.exitCode !== 0) {
    lines.push(...textDifferences('stderr', reference.stderr, ours.stderr));
  }
  for (const name of new Set([...Object.keys(reference.files), ...Object.keys(ours.files)])) {
    const [theirs, own] = [reference.files[name], ours.files[name]];
    if (theirs === own) continue;
    if (theirs === undefined) lines.push(`file ${name}: gone | there`);
    else if (own === undefined) lines.push(`file ${name}: there | gone`);
    else lines.push(...textDifferences(`file ${name}`, theirs, own));
  }
  return lines;
}

function textDifferences(what: string, reference: string, ours: string): string[] {
  if (reference === ours) return [];
  const [a, b] = [reference.split('\n'), ours.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  const line = at === -1 ? a.length : at;
  return [`${what}, line ${line + 1}: ${JSON.stringify(a[line] ?? null)} | ${JSON.stringify(b[line] ?? null)}`];
}
