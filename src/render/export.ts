import { printableLine } from '../core/printable.ts';
import type { ExportReport } from '../core/trajectory/report.ts';

/** The result of an export as OpenClaw 2026.5.12 prints it. */
export function renderExport(report: ExportReport, json: boolean): string {
  return json ? renderJson(report) : renderText(report);
}

function renderJson(report: ExportReport): string {
  const { outputDir, displayPath, sessionId, eventCount, runtimeEventCount, transcriptEventCount, files } = report;
  const document = { outputDir, displayPath, sessionId, eventCount, runtimeEventCount, transcriptEventCount, files };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function renderText(report: ExportReport): string {
  const lines = [
    '✅ Trajectory exported!',
    '',
    `📦 Bundle: ${printableLine(report.displayPath)}`,
    `🧵 Session: ${printableLine(report.sessionId)}`,
    `📊 Events: ${report.eventCount}`,
    `🧪 Runtime events: ${report.runtimeEventCount}`,
    `📝 Transcript events: ${report.transcriptEventCount}`,
    `📁 Files: ${report.files.join(', ')}`,
  ];
  return `${lines.join('\n')}\n`;
}
