import type { MaintenanceConfig, SessionConfig } from '../config.ts';
import { parseDurationMs } from '../duration.ts';
import { parseSizeBytes } from '../size.ts';

export type CleanupMode = 'enforce' | 'warn';

/** A value and where it came from: the built-in default, a config key, an option, or another value of the policy. */
export interface Setting<Value> {
  readonly value: Value;
  /** Such as `default`, `session.maintenance.pruneAfter`, `--enforce`, `80% of maxDiskBytes`. */
  readonly origin: string;
}

/** What a cleanup goes by, every value settled. */
export interface CleanupPolicy {
  readonly mode: Setting<CleanupMode>;
  /** Entries and unreferenced files older than this go; so do `.deleted.` archives. */
  readonly pruneAfterMs: Setting<number>;
  readonly maxEntries: Setting<number>;
  /** How long `.reset.` archives stay; null means for ever. */
  readonly resetArchiveRetentionMs: Setting<number | null>;
  /** Null means no disk budget. */
  readonly maxDiskBytes: Setting<number | null>;
  /** What a folder over its budget is brought down to; null without a budget. */
  readonly highWaterBytes: Setting<number | null>;
  readonly fixMissing: boolean;
  /** `--fix-dm-scope`, and the config has one session for all direct messages. */
  readonly fixDmScope: boolean;
  /** `--active-key`, trimmed and lower-cased; undefined when not given or blank. */
  readonly activeKey: string | undefined;
}

/** The options that change a policy. */
export interface CleanupFlags {
  readonly enforce?: boolean;
  readonly fixMissing?: boolean;
  readonly fixDmScope?: boolean;
  readonly activeKey?: string;
}

const defaultPruneAfterMs = 30 * 86_400_000;
const defaultMaxEntries = 500;

/**
 * Settles the policy from `session.maintenance` and the options (OpenClaw 2026.5.12; docs/commands/cleanup.md, policy).
 * The config has been validated; bare numbers are days or bytes.
 */
export function settlePolicy(session: SessionConfig, flags: CleanupFlags): CleanupPolicy {
  const config = session.maintenance ?? {};
  const pruneAfterMs = settlePruneAfter(config);
  const maxDiskBytes: Setting<number | null> =
    config.maxDiskBytes === undefined
      ? { value: null, origin: 'default' }
      : fromConfig('maxDiskBytes', parseSizeBytes(config.maxDiskBytes) ?? null);
  return {
    mode: settleMode(config, flags),
    pruneAfterMs,
    maxEntries:
      config.maxEntries === undefined
        ? { value: defaultMaxEntries, origin: 'default' }
        : fromConfig('maxEntries', config.maxEntries),
    resetArchiveRetentionMs: settleResetRetention(config, pruneAfterMs),
    maxDiskBytes,
    highWaterBytes: settleHighWater(config, maxDiskBytes.value),
    fixMissing: flags.fixMissing === true,
    fixDmScope: flags.fixDmScope === true && (session.dmScope ?? 'main') === 'main',
    activeKey: comparableKey(flags.activeKey ?? '') || undefined,
  };
}

/** Keys are compared with the active key without regard to case and outer blanks (V14). */
export function comparableKey(key: string): string {
  return key.trim().toLowerCase();
}

function fromConfig<Value>(name: keyof MaintenanceConfig, value: Value): Setting<Value> {
  return { value, origin: `session.maintenance.${name}` };
}

function settleMode(config: MaintenanceConfig, flags: CleanupFlags): Setting<CleanupMode> {
  if (flags.enforce === true) return { value: 'enforce', origin: '--enforce' };
  return config.mode === undefined ? { value: 'enforce', origin: 'default' } : fromConfig('mode', config.mode);
}

/** `pruneDays` is the old name and counts only without `pruneAfter`. */
function settlePruneAfter({ pruneAfter, pruneDays }: MaintenanceConfig): Setting<number> {
  const own = pruneAfter === undefined ? undefined : parseDurationMs(pruneAfter);
  if (own !== undefined) return fromConfig('pruneAfter', own);
  const days = pruneDays === undefined ? undefined : parseDurationMs(pruneDays);
  return days === undefined ? { value: defaultPruneAfterMs, origin: 'default' } : fromConfig('pruneDays', days);
}

function settleResetRetention(
  { resetArchiveRetention }: MaintenanceConfig,
  pruneAfterMs: Setting<number>,
): Setting<number | null> {
  if (resetArchiveRetention === false) return fromConfig('resetArchiveRetention', null);
  const own = resetArchiveRetention === undefined ? undefined : parseDurationMs(resetArchiveRetention);
  if (own !== undefined) return fromConfig('resetArchiveRetention', own);
  return { value: pruneAfterMs.value, origin: 'same as pruneAfter' };
}

function settleHighWater({ highWaterBytes }: MaintenanceConfig, maxBytes: number | null): Setting<number | null> {
  if (maxBytes === null) return { value: null, origin: 'no maxDiskBytes' };
  const own = highWaterBytes === undefined ? undefined : parseSizeBytes(highWaterBytes);
  if (own === undefined) {
    return { value: maxBytes === 0 ? 0 : Math.max(1, Math.floor(maxBytes * 0.8)), origin: '80% of maxDiskBytes' };
  }
  return own > maxBytes ? { value: maxBytes, origin: 'lowered to maxDiskBytes' } : fromConfig('highWaterBytes', own);
}
