import { createInterface } from 'node:readline';
import { printable } from '../core/printable.ts';
import type { World } from '../world.ts';

/** A question makes sense only where somebody sees it and can answer. */
export function canAsk({ stdin, stderr }: Pick<World, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY && stderr.isTerminal;
}

/** Asks on stderr and reads one line; everything but y or yes is No, as are end of input and an interrupt. */
export async function confirm(
  question: string,
  { stdin, stderr, interrupted }: Pick<World, 'stdin' | 'stderr' | 'interrupted'>,
): Promise<boolean> {
  await stderr.write(`${printable(question)} [y/N] `);
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    const answer = await new Promise<string>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => {
        resolve('');
      });
      if (interrupted.aborted) resolve('');
      else {
        interrupted.addEventListener('abort', () => {
          resolve('');
        });
      }
    });
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
    stdin.pause();
  }
}
