import fs from 'node:fs';
import path from 'node:path';
import {
  bare,
  type BenchOptions,
  bin,
  budget,
  type BudgetLine,
  inScratchHome,
  measure,
  printFigures,
} from './measure.ts';

/** What an export costs, against a script that parses the transcript and writes it twice, as a bundle does. */
export function benchExport({ rounds }: BenchOptions): readonly BudgetLine[] {
  return inScratchHome((home) => {
    const transcript = writeSession(home, 20e6);
    const out = path.join(home, '.openclaw/trajectory-exports');
    const prepare = (): void => {
      fs.rmSync(out, { recursive: true, force: true });
      fs.mkdirSync(out, { recursive: true });
    };
    const plain = { name: 'plain parse and write', args: ['-e', plainScript(transcript, out)], prepare };
    const own = {
      name: 'export-trajectory --json',
      args: [bin, 'export-trajectory', '--session-key', 'agent:main:main', '--output', 'bench', '--json'],
      home,
      cwd: home,
      prepare,
    };
    const figures = measure([bare, plain, own], rounds);
    printFigures(`transcript of ${(fs.statSync(transcript).size / 1e6).toFixed(1)} MB`, figures, ['S', plain.name]);
    return budget('export-trajectory, 20 MB transcript', figures, own.name, plain.name, { cpu: 1.5, peak: 1 });
  });
}

/** The store of one session, and its transcript. Returns the transcript. */
function writeSession(home: string, bytes: number): string {
  const dir = path.join(home, '.openclaw/agents/main/sessions');
  const id = '5f0c1d2e-0000-4000-8000-000000000000';
  const transcript = path.join(dir, `${id}.jsonl`);
  fs.mkdirSync(dir, { recursive: true });
  const store = { 'agent:main:main': { sessionId: id, updatedAt: Date.now(), sessionFile: transcript } };
  fs.writeFileSync(path.join(dir, 'sessions.json'), JSON.stringify(store, null, 2));
  const timestamp = '2026-05-01T10:00:00.000Z';
  const lines: object[] = [{ type: 'session', version: 3, id, timestamp, cwd: home }];
  for (let length = 0, turn = 0; length < bytes; turn++) {
    const line = {
      type: 'message',
      id: String(turn),
      parentId: turn === 0 ? null : String(turn - 1),
      timestamp,
      message: messageOf(turn),
    };
    length += JSON.stringify(line).length;
    lines.push(line);
  }
  fs.writeFileSync(transcript, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  return transcript;
}

/** A question, a call of a tool, what it gave, and an answer, in turn. */
function messageOf(turn: number): object {
  const text = `Step ${turn}: the build in src/main.ts passed; see the log at line ${turn * 7}. `.repeat(20);
  const toolCallId = `call-${turn - (turn % 4)}`;
  switch (turn % 4) {
    case 0:
      return { role: 'user', content: [{ type: 'text', text }] };
    case 1:
      return {
        role: 'assistant',
        content: [{ type: 'toolCall', id: toolCallId, name: 'read', arguments: { path: 'src/main.ts' } }],
      };
    case 2:
      return { role: 'toolResult', toolCallId, toolName: 'read', content: [{ type: 'text', text: text.repeat(3) }] };
    default:
      return { role: 'assistant', content: [{ type: 'text', text }], usage: { input: 1200, output: 80 } };
  }
}

function plainScript(transcript: string, out: string): string {
  return `const fs = require('fs');
    const rows = fs.readFileSync(${JSON.stringify(transcript)}, 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
    for (const name of ['events.jsonl', 'branch.json']) {
      fs.writeFileSync(${JSON.stringify(out)} + '/' + name, rows.map((row) => JSON.stringify(row)).join('\\n'));
    }`;
}
