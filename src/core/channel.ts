/** Other names of chat channels, as OpenClaw 2026.5.12 knows them; any other name stays as it is. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['lark', 'feishu'],
  ['gchat', 'googlechat'],
  ['google-chat', 'googlechat'],
  ['imsg', 'imessage'],
  ['internet-relay-chat', 'irc'],
  ['teams', 'msteams'],
  ['nc', 'nextcloud-talk'],
  ['nc-talk', 'nextcloud-talk'],
  ['weixin', 'openclaw-weixin'],
  ['wechat', 'openclaw-weixin'],
  ['微信', 'openclaw-weixin'],
  ['twitch-chat', 'twitch'],
  ['qywx', 'wecom'],
  ['wework', 'wecom'],
  ['enterprise-wechat', 'wecom'],
  ['yb', 'yuanbao'],
  ['tencent-yuanbao', 'yuanbao'],
  ['元宝', 'yuanbao'],
  ['zl', 'zalo'],
  ['zlu', 'zalouser'],
]);

/** The name a channel is stored under: trimmed, lower-cased, aliases resolved. */
export function channelName(name: string): string {
  const lower = name.trim().toLowerCase();
  return aliases.get(lower) ?? lower;
}
