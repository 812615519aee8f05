import { describe, expect, test } from 'vitest';
import { settlePolicy } from '../../../../src/core/cleanup/policy.ts';
import type { MaintenanceConfig } from '../../../../src/core/config.ts';

const day = 86_400_000;
const policyOf = (maintenance: MaintenanceConfig) => settlePolicy({ maintenance }, {});

test('without a config every value has its default', () => {
  expect(settlePolicy({}, {})).toEqual({
    mode: { value: 'enforce', origin: 'default' },
    pruneAfterMs: { value: 30 * day, origin: 'default' },
    maxEntries: { value: 500, origin: 'default' },
    resetArchiveRetentionMs: { value: 30 * day, origin: 'same as pruneAfter' },
    maxDiskBytes: { value: null, origin: 'default' },
    highWaterBytes: { value: null, origin: 'no maxDiskBytes' },
    fixMissing: false,
    fixDmScope: false,
    activeKey: undefined,
  });
});

test('the option wins over the config, and both are named', () => {
  const config = { maintenance: { mode: 'warn' } } as const;
  expect(settlePolicy(config, {}).mode).toEqual({ value: 'warn', origin: 'session.maintenance.mode' });
  expect(settlePolicy(config, { enforce: true }).mode).toEqual({ value: 'enforce', origin: '--enforce' });
});

describe('pruneAfter', () => {
  test.each<[MaintenanceConfig, number]>([
    [{ pruneAfter: '1h30m' }, 5_400_000],
    [{ pruneAfter: 7 }, 7 * day],
    [{ pruneAfter: '0' }, 0],
    [{ pruneDays: 3 }, 3 * day],
    [{ pruneAfter: '1d', pruneDays: 3 }, day],
  ])('%j', (config, expected) => {
    expect(policyOf(config).pruneAfterMs.value).toBe(expected);
  });
});

test('reset archives: for ever, for a time, or as long as pruneAfter', () => {
  expect(policyOf({ resetArchiveRetention: false }).resetArchiveRetentionMs.value).toBeNull();
  expect(policyOf({ resetArchiveRetention: '2d' }).resetArchiveRetentionMs.value).toBe(2 * day);
  expect(policyOf({ pruneAfter: '1d' }).resetArchiveRetentionMs.value).toBe(day);
});

describe('the high-water mark', () => {
  test.each<[MaintenanceConfig, number]>([
    [{ maxDiskBytes: 1001 }, 800],
    [{ maxDiskBytes: 1 }, 1],
    [{ maxDiskBytes: 0 }, 0],
    [{ maxDiskBytes: '1kb', highWaterBytes: 0 }, 0],
    [{ maxDiskBytes: '1kb', highWaterBytes: '2kb' }, 1024],
  ])('%j', (config, expected) => {
    expect(policyOf(config).highWaterBytes.value).toBe(expected);
  });
});

test('direct messages are only retired where they share one session', () => {
  expect(settlePolicy({}, { fixDmScope: true }).fixDmScope).toBe(true);
  expect(settlePolicy({ dmScope: 'main' }, { fixDmScope: true }).fixDmScope).toBe(true);
  expect(settlePolicy({ dmScope: 'per-peer' }, { fixDmScope: true }).fixDmScope).toBe(false);
});

test('a blank active key protects nothing', () => {
  expect(settlePolicy({}, { activeKey: '  ' }).activeKey).toBeUndefined();
  expect(settlePolicy({}, { activeKey: ' Agent:Main:X ' }).activeKey).toBe('agent:main:x');
});
