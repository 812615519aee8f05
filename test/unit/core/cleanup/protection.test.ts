import { describe, expect, test } from 'vitest';
import { protectionOf } from '../../../../src/core/cleanup/protection.ts';

describe('protected by its key', () => {
  test.each([
    ['agent:main:telegram:group:-100', 'group-conversation'],
    ['agent:main:telegram:GROUP:-101', 'group-conversation'],
    ['telegram:group:-7', 'group-conversation'],
    ['agent:main:discord:channel:5', 'group-conversation'],
    ['agent:main:telegram:direct:9:topic:7', 'topic'],
    ['agent:main:main:thread:123', 'thread'],
    ['agent:main:thread:1', 'thread'],
    ['agent:main:main:THREAD:1', 'thread'],
  ])('%s: %s', (key, expected) => {
    expect(protectionOf(key, {}, undefined)).toBe(expected);
  });
});

describe('not protected by its key', () => {
  test.each([
    'agent:main:main',
    'agent:main:telegram:direct:1',
    'agent:main:subagent:x:thread:9',
    'acp:z',
    'agent:main:cron:job1:run:abc',
    'agent:main:hook:abc',
    'node:n2',
    'agent:main:telegram:group:-5:heartbeat',
    'agent:main:telegram:group:-5:heartbeat:x',
    'agent:main:group:-9',
    'agent:main:a:b:group:c',
    'agent:main:slack:room:r1',
    'agent:main:direct:1:thread:',
    'global',
    '',
    '__proto__',
  ])('%j', (key) => {
    expect(protectionOf(key, {}, undefined)).toBeUndefined();
  });
});

describe('the chat type', () => {
  test.each([
    [{ chatType: 'group' }, 'group-chat'],
    [{ chatType: ' GROUP ' }, 'group-chat'],
    [{ chatType: null, origin: { chatType: 'channel' } }, 'group-chat'],
    [{ chatType: 'direct', origin: { chatType: 'group' } }, undefined],
    [{ chatType: 7 }, undefined],
    [null, undefined],
    ['group', undefined],
  ])('%j: %s', (entry, expected) => {
    expect(protectionOf('agent:main:main', entry, undefined)).toBe(expected);
  });

  test('does not make a conversation of a run', () => {
    expect(protectionOf('agent:main:cron:j', { chatType: 'group' }, undefined)).toBeUndefined();
  });
});

test('the active key is compared without case and outer blanks (V14)', () => {
  expect(protectionOf(' Agent:Main:Main ', {}, 'agent:main:main')).toBe('active-key');
  expect(protectionOf('agent:main:other', {}, 'agent:main:main')).toBeUndefined();
});
