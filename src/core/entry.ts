import { normalizeAgentId } from './agent-id.ts';
import { channelName } from './channel.ts';
import { isJsonObject, type JsonObject, nonBlank } from './json.ts';

/**
 * The form in which OpenClaw 2026.5.12 holds an entry once it is loaded, and in which an applied cleanup writes it back
 * (docs/commands/cleanup.md, normalisation). Unknown fields and the order of keys stay; a changed field keeps its place,
 * a new one is appended. What is no object stays as it is, and an entry that needs nothing is returned itself.
 *
 * A field that goes away is left in the result as `undefined`, which JSON drops: when a later pass gives it a value
 * again, it has its old place, as in the reference.
 */
export function normalizeEntry(entry: unknown): unknown {
  return isJsonObject(entry) ? settleEntry(renameOldFields(entry)) : entry;
}

/**
 * The part of `normalizeEntry` that an applied run of the reference repeats before it prunes: model, skills, delivery. It
 * matters where the first pass emptied a field that had hidden another.
 */
export function settleEntry<Entry>(entry: Entry): Entry | JsonObject {
  return isJsonObject(entry) ? settleDelivery(dropResolvedSkills(settleModel(entry))) : entry;
}

const oldNames = [
  ['provider', 'channel'],
  ['lastProvider', 'lastChannel'],
  ['room', 'groupChannel'],
] as const;

/** Names of older releases: `provider` was the channel, `room` the group channel. */
function renameOldFields(entry: JsonObject): JsonObject {
  let renamed = entry;
  for (const [from, to] of oldNames) {
    if (typeof renamed[from] === 'string' && typeof renamed[to] !== 'string') {
      renamed = without({ ...renamed, [to]: renamed[from] }, from);
    }
  }
  return 'room' in renamed ? without(renamed, 'room') : renamed;
}

/** Both trimmed; without a model there is no provider. */
function settleModel(entry: JsonObject): JsonObject {
  const model = nonBlank(entry['model']);
  return assign(entry, { model, modelProvider: model === undefined ? undefined : nonBlank(entry['modelProvider']) });
}

/** A cache of what the skills resolved to; large, and rebuilt by every run. */
function dropResolvedSkills(entry: JsonObject): JsonObject {
  const snapshot = entry['skillsSnapshot'];
  if (!isJsonObject(snapshot) || !('resolvedSkills' in snapshot)) return entry;
  return { ...entry, skillsSnapshot: without(snapshot, 'resolvedSkills') };
}

/** Where the last answer went. */
interface Route {
  readonly channel: string | undefined;
  readonly to: string | undefined;
  readonly accountId: string | undefined;
  readonly threadId: string | number | undefined;
}

/** Makes `deliveryContext` and the four `last...` fields say the same. */
function settleDelivery(entry: JsonObject): JsonObject {
  const context = isJsonObject(entry['deliveryContext']) ? entry['deliveryContext'] : {};
  const origin = isJsonObject(entry['origin']) ? entry['origin'] : {};
  const last = makeRoute({
    channel: entry['lastChannel'] ?? entry['channel'],
    to: entry['lastTo'],
    accountId: entry['lastAccountId'],
    threadId: entry['lastThreadId'] ?? context['threadId'] ?? origin['threadId'],
  });
  const route = mergeRoutes(last, makeRoute(context));
  const isSettled =
    routeFields.every((field) => (context[field] ?? undefined) === route[field]) &&
    // Here null is not the same as absent.
    entry['lastChannel'] === route.channel &&
    entry['lastTo'] === route.to &&
    entry['lastAccountId'] === route.accountId &&
    entry['lastThreadId'] === route.threadId;
  if (isSettled) return entry;
  const present = routeFields.filter((field) => route[field] !== undefined);
  return assign(entry, {
    deliveryContext:
      present.length === 0 ? undefined : Object.fromEntries(present.map((field) => [field, route[field]])),
    lastChannel: route.channel,
    lastTo: route.to,
    lastAccountId: route.accountId,
    lastThreadId: route.threadId,
  });
}

const routeFields = ['channel', 'to', 'accountId', 'threadId'] as const;

function makeRoute(fields: JsonObject): Route {
  const channel = nonBlank(fields['channel']);
  return {
    channel: channel === undefined ? undefined : channelName(channel),
    to: nonBlank(fields['to']),
    accountId: accountId(fields['accountId']),
    threadId: threadId(fields['threadId']),
  };
}

/** Field by field, the first route's before the second's; but two channels that differ do not mix. */
function mergeRoutes(first: Route, second: Route): Route {
  const differ = first.channel !== undefined && second.channel !== undefined && first.channel !== second.channel;
  if (differ) return first;
  return {
    channel: first.channel ?? second.channel,
    to: first.to ?? second.to,
    accountId: first.accountId ?? second.accountId,
    threadId: first.threadId ?? second.threadId,
  };
}

function accountId(value: unknown): string | undefined {
  const text = nonBlank(value);
  // An agent id falls back to `main` when nothing is left of it; an account id is dropped.
  if (text === undefined || !/[a-z0-9_]/.test(text.toLowerCase())) return undefined;
  const id = normalizeAgentId(text);
  return ['__proto__', 'constructor', 'prototype'].includes(id) ? undefined : id;
}

function threadId(value: unknown): string | number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined;
  return nonBlank(value);
}

/** Sets fields in place; the same object when all of them are so already. An undefined one is not added. */
function assign(entry: JsonObject, fields: JsonObject): JsonObject {
  let changed: Record<string, unknown> | undefined;
  for (const name in fields) {
    if (entry[name] !== fields[name]) (changed ??= { ...entry })[name] = fields[name];
  }
  return changed ?? entry;
}

function without(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}
