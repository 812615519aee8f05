import { describe, expect, it } from 'vitest';
import { parseAgentKey, sessionKind } from '../../../src/core/session-key.ts';

describe('parseAgentKey', () => {
  it.each([
    ['agent:main:main', 'main', 'main'],
    ['Agent:Work:Main', 'work', 'main'],
    [' agent:main:x:y ', 'main', 'x:y'],
    ['agent::main::direct::p', 'main', 'direct:p'],
    ['agent:w o r k:z', 'w o r k', 'z'],
    ['agent:__proto__:x', '__proto__', 'x'],
    ['agent: work : cron:x', 'work', 'cron:x'],
    ['agent:work :x', 'work', 'x'],
  ])('takes "%s" apart', (key, agentId, rest) => {
    expect(parseAgentKey(key)).toEqual({ agentId, rest });
  });

  it.each([
    '',
    'main',
    'global',
    'agent',
    'agent:main',
    'agent:main:',
    'agent::main',
    'agents:main:x',
    'cron:job',
    'agent: :x',
    'agent:\t:x',
    'agent :main:x',
    'agent:main: : ',
  ])('finds no agent in "%s"', (key) => {
    expect(parseAgentKey(key)).toBeUndefined();
  });
});

describe('sessionKind', () => {
  it.each([
    ['global', undefined, 'global'],
    ['GLOBAL', undefined, 'direct'],
    [' global', undefined, 'direct'],
    ['unknown', 'group', 'unknown'],
    ['agent:main:cron:job', undefined, 'cron'],
    ['agent:main:CRON:job', 'group', 'cron'],
    ['agent:main:cron:', undefined, 'direct'],
    ['cron:job', undefined, 'direct'],
    ['agent:main:x', 'group', 'group'],
    ['agent:main:x', 'channel', 'group'],
    ['agent:main:x', 'GROUP', 'direct'],
    ['agent:main:x', 'thread', 'direct'],
    ['telegram:group:1', undefined, 'group'],
    ['agent:main:slack:channel:c', undefined, 'group'],
    ['agent:main:slack:CHANNEL:c', undefined, 'direct'],
    ['group:123', undefined, 'direct'],
    ['agent:main:global', undefined, 'direct'],
  ])('of "%s" with chatType %o is %s', (key, chatType, kind) => {
    expect(sessionKind(key, parseAgentKey(key), chatType)).toBe(kind);
  });
});
