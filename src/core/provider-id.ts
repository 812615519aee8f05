/**
 * The form of a model provider's name that is used in comparisons: trimmed, lower-cased, known aliases resolved
 * (OpenClaw 2026.5.12). Rows show the stored spelling; only comparisons and model names in the config use this one.
 */
export function providerId(name: string): string {
  const lower = name.trim().toLowerCase();
  return aliases.get(lower) ?? lower;
}

const aliases: ReadonlyMap<string, string> = new Map([
  ['modelstudio', 'qwen'],
  ['qwencloud', 'qwen'],
  ['z.ai', 'zai'],
  ['z-ai', 'zai'],
  ['opencode-zen', 'opencode'],
  ['opencode-go-auth', 'opencode-go'],
  ['anthropic-cli', 'claude-cli'],
  ['kimi-code', 'kimi'],
  ['kimi-coding', 'kimi'],
  ['moonshotai', 'moonshot'],
  ['moonshot-ai', 'moonshot'],
  ['bedrock', 'amazon-bedrock'],
  ['aws-bedrock', 'amazon-bedrock'],
  ['bytedance', 'volcengine'],
  ['doubao', 'volcengine'],
]);
