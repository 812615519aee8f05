import { createInterface } from 'node:readline';
import { finished } from 'node:stream';
import { printable } from '../core/printable.ts';
import type { World } from '../world.ts';

/** A question makes sense only where somebody sees it and can answer. */
export function canAsk({ stdin, stderr }: Pick<World, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY && stdin.readable && stderr.isTerminal;
}

/** Asks on stderr and reads one line; everything but y or yes is No, as are input that ends, fails or has ended, and an interrupt. */
export async function confirm(
  question: string,
  { stdin, stderr, interrupted }: Pick<World, 'stdin' | 'stderr' | 'interrupted'>,
): Promise<boolean> {
  const lines = createInterface({ input: stdin, terminal: false });
  // Listens first: input may fail while the question is written.
  const answer = new Promise<string>((resolve) => {
    const no = (): void => {
      resolve('');
    };
    lines.once('line', resolve);
    lines.once('error', no);
    // readline says nothing about input that had ended before.
    finished(stdin, { writable: false }, no);
    if (interrupted.aborted) no();
    else interrupted.addEventListener('abort', no);
  });
  try {
    await stderr.write(`${printable(question)} [y/N] `);
    return /^y(?:es)?$/i.test((await answer).trim());
  } finally {
    lines.close();
    stdin.pause();
  }
}
