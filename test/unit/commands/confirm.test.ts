import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { canAsk, confirm } from '../../../src/commands/confirm.ts';
import { testWorld, type TestWorld } from '../../helpers/world.ts';

function terminalWorld(): { world: TestWorld; stdin: PassThrough; controller: AbortController } {
  const stdin = new PassThrough();
  const controller = new AbortController();
  const world = testWorld({ cwd: '/' });
  const terminal = Object.assign(stdin, { isTTY: true }) as unknown as TestWorld['stdin'];
  return { world: { ...world, stdin: terminal, interrupted: controller.signal }, stdin, controller };
}

describe('confirm', () => {
  it.each([
    ['y\n', true],
    ['Yes\r\n', true],
    [' yes \n', true],
    ['\n', false],
    ['n\n', false],
    ['yep\n', false],
    ['', false],
  ])('takes %j for %s', async (typed, expected) => {
    const { world, stdin } = terminalWorld();
    stdin.end(typed);
    expect(await confirm('Delete \u001b[2J1 session?', world)).toBe(expected);
    expect(world.written()).toEqual({ stdout: '', stderr: String.raw`Delete \x1b[2J1 session? [y/N] ` });
  });

  it('is No when the input has ended before, and when it fails', async () => {
    const ended = terminalWorld();
    ended.stdin.end('keys\n').resume();
    await once(ended.stdin, 'end');
    expect(await confirm('Delete?', ended.world)).toBe(false);

    const failing = terminalWorld();
    const answer = confirm('Delete?', failing.world);
    failing.stdin.destroy(new Error('EIO'));
    expect(await answer).toBe(false);
  });

  it('is No when the user interrupts instead', async () => {
    const { world, controller } = terminalWorld();
    const answer = confirm('Delete?', world);
    controller.abort('SIGINT');
    expect(await answer).toBe(false);
  });
});

describe('canAsk', () => {
  it('needs a terminal on both ends', () => {
    const { world } = terminalWorld();
    expect(canAsk(world)).toBe(false);
    expect(canAsk({ ...world, stderr: { ...world.stderr, isTerminal: true } })).toBe(true);
  });

  it('needs input that has not ended', async () => {
    const { world, stdin } = terminalWorld();
    const asked = { ...world, stderr: { ...world.stderr, isTerminal: true } };
    expect(canAsk(asked)).toBe(true);
    stdin.end().resume();
    await once(stdin, 'end');
    expect(canAsk(asked)).toBe(false);
  });
});
