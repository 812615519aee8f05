import fs from 'node:fs';
import path from 'node:path';

export const liveToken = 'live-test-token';

const minutes = (count: number): number => count * 60_000;
export const days = (count: number): number => minutes(count * 24 * 60);

export interface SessionSeed {
  readonly key: string;
  /** Age of the row; default some minutes. */
  readonly ageMs?: number;
  /** Whether it has a transcript; default true. */
  readonly hasTranscript?: boolean;
}

/** A config for a quiet local Gateway of the agents main and work. */
export function gatewayConfig(home: string, port: number) {
  return {
    gateway: {
      mode: 'local',
      port,
      bind: 'loopback',
      auth: { mode: 'token', token: liveToken },
      controlUi: { enabled: false },
      tailscale: { mode: 'off' },
    },
    agents: {
      list: [{ id: 'main', default: true }, { id: 'work' }],
      defaults: { heartbeat: { every: '0m' } },
    },
    discovery: { mdns: { mode: 'off' } },
    update: { checkOnStart: false },
    logging: { file: path.join(home, 'gateway.log') },
    cron: { enabled: false },
  };
}

/** Writes config, stores and transcripts as the JSON releases keep them, for agents main and work. */
export function writeState(home: string, port: number, seeds: readonly SessionSeed[]): void {
  const stateDir = path.join(home, '.openclaw');
  fs.mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const config = gatewayConfig(home, port);
  fs.writeFileSync(path.join(stateDir, 'openclaw.json'), JSON.stringify(config, null, 2), { mode: 0o600 });
  const nowMs = Date.now();
  for (const agent of ['main', 'work']) {
    const folder = path.join(stateDir, 'agents', agent, 'sessions');
    fs.mkdirSync(folder, { recursive: true });
    const entries = seeds.flatMap((seed, index) =>
      seed.key.startsWith(`agent:${agent}:`) ? [[seed.key, writeSession(folder, seed, index, nowMs)] as const] : [],
    );
    fs.writeFileSync(path.join(folder, 'sessions.json'), JSON.stringify(Object.fromEntries(entries), null, 2));
  }
}

function writeSession(folder: string, seed: SessionSeed, index: number, nowMs: number): object {
  const { ageMs = minutes(index + 1), hasTranscript = true } = seed;
  const sessionId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const file = path.join(folder, `${sessionId}.jsonl`);
  const time = nowMs - ageMs;
  if (hasTranscript) {
    const header = { type: 'session', version: 3, id: sessionId, timestamp: new Date(time).toISOString(), cwd: folder };
    const messages = Array.from({ length: 6 }, (_each, count) => ({
      type: 'message',
      id: `m${index}-${count}`,
      parentId: count === 0 ? null : `m${index}-${count - 1}`,
      timestamp: new Date(time + count * 1000).toISOString(),
      message: {
        role: count % 2 === 0 ? 'user' : 'assistant',
        content: [{ type: 'text', text: `line ${count}` }],
        timestamp: time + count * 1000,
      },
    }));
    fs.writeFileSync(file, [header, ...messages].map((line) => `${JSON.stringify(line)}\n`).join(''));
    fs.utimesSync(file, time / 1000, time / 1000);
  }
  return {
    sessionId,
    updatedAt: time,
    sessionStartedAt: time,
    sessionFile: file,
    modelProvider: 'openai',
    model: 'gpt-5.5',
    inputTokens: 50,
    outputTokens: 50,
    totalTokens: 100,
  };
}
