import path from 'node:path';
import type { BundlePlan } from './bundle.ts';
import type { ExportWarning } from './warnings.ts';

/** What was exported and where to. */
export interface ExportReport {
  /** Absolute, as the workspace was spelled. */
  readonly outputDir: string;
  /** Relative to the workspace. */
  readonly displayPath: string;
  readonly sessionId: string;
  readonly eventCount: number;
  readonly runtimeEventCount: number;
  readonly transcriptEventCount: number;
  /** Names of the files that were written. */
  readonly files: readonly string[];
  readonly warnings: readonly ExportWarning[];
}

export function reportExport(
  { files, eventCount, runtimeEventCount, transcriptEventCount, warnings }: BundlePlan,
  sessionId: string,
  outputDir: string,
  workspaceDir: string,
): ExportReport {
  const written = new Set<string>(['manifest.json', ...files.map(({ name }) => name)]);
  return {
    outputDir,
    displayPath: path.relative(workspaceDir, outputDir),
    sessionId,
    eventCount,
    runtimeEventCount,
    transcriptEventCount,
    files: reportOrder.filter((name) => written.has(name)),
    warnings,
  };
}

/** The order of OpenClaw 2026.5.12, which is not that of the manifest. */
const reportOrder = [
  'manifest.json',
  'events.jsonl',
  'session-branch.json',
  'system-prompt.txt',
  'tools.json',
  'metadata.json',
  'artifacts.json',
  'prompts.json',
];
