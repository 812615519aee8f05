import { normalizeAgentId } from './agent-id.ts';
import type { Config } from './config.ts';
import { isJsonObject, type JsonObject, nonBlank } from './json.ts';

/**
 * The key whose runtime policies hold for a direct chat that lives in the agent's main session (OpenClaw 2026.9.6): that
 * of the sender, `agent:<id>:<channel>:<account>:direct:<peer>`. Undefined when the session's own key is the one.
 */
export function policySessionKey(
  key: string,
  entry: JsonObject,
  { agentId, config }: { readonly agentId: string; readonly config: Config },
): string | undefined {
  const delivery = isJsonObject(entry['delivery']) && entry['delivery']['kind'] === 'external' ? entry['delivery'] : {};
  const origin = objectOf(delivery['origin']);
  const context = objectOf(delivery['context']);
  if (!isMainSession(key, agentId, config) || !isDirect(origin['chatType'] ?? entry['chatType'])) return undefined;
  const channel = nonBlank(origin['provider'] ?? context['channel'] ?? origin['surface']);
  const to = nonBlank(origin['to'] ?? context['to']);
  const peer =
    nonBlank(origin['nativeDirectUserId']) ??
    withoutChannel(to, channel) ??
    withoutChannel(nonBlank(origin['from']), channel);
  if (channel === undefined || channel.toLowerCase() === 'webchat' || peer === undefined) return undefined;
  const linked = linkedName(config, channel, peer) ?? peer;
  const account = nonBlank(origin['accountId'] ?? context['accountId']);
  const policyKey = [
    'agent',
    normalizeAgentId(agentId),
    channel.toLowerCase(),
    account === undefined ? 'default' : accountId(account),
    'direct',
    linked.toLowerCase(),
  ].join(':');
  return policyKey === key ? undefined : policyKey;
}

function isMainSession(key: string, agentId: string, config: Config): boolean {
  const folded = key.trim().toLowerCase();
  if (folded === 'global') return config.session?.scope === 'global';
  return ['main', `agent:${normalizeAgentId(agentId)}:main`, 'agent:main:main'].includes(folded);
}

function isDirect(chatType: unknown): boolean {
  const text = nonBlank(chatType)?.toLowerCase();
  return text === 'direct' || text === 'dm';
}

/** `telegram:123:topic:7` on telegram is the peer 123. */
function withoutChannel(address: string | undefined, channel: string | undefined): string | undefined {
  const prefix = `${channel?.toLowerCase() ?? ''}:`;
  if (address === undefined || channel === undefined || !address.toLowerCase().startsWith(prefix)) return address;
  const peer = address.slice(prefix.length);
  const topic = peer.toLowerCase().indexOf(':topic:');
  return topic < 0 ? peer : peer.slice(0, topic);
}

/** `session.identityLinks`: one name for a person's addresses on several channels. */
function linkedName(config: Config, channel: string, peer: string): string | undefined {
  const { identityLinks } = (config.session ?? {}) as { readonly identityLinks?: unknown };
  const addresses = [peer, `${channel}:${peer}`].map((address) => address.toLowerCase());
  for (const [name, links] of Object.entries(objectOf(identityLinks))) {
    const isLinked =
      Array.isArray(links) && links.some((link) => addresses.includes(nonBlank(link)?.toLowerCase() ?? ''));
    if (isLinked && name.trim() !== '') return name.trim();
  }
  return undefined;
}

function accountId(account: string): string {
  const folded = account.toLowerCase();
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(folded)) return folded;
  const plain = folded.replace(/[^a-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '');
  return plain.slice(0, 64) || 'default';
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
