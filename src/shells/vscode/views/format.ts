/** Tokens as people read them: `950`, `1.2k`, `3.4M`. */
export function formatTokens(tokens: number): string {
  if (tokens < 1000) return String(tokens);
  if (tokens < 999_950) return `${trimmed(tokens / 1000)}k`;
  return `${trimmed(tokens / 1_000_000)}M`;
}

/** USD with as many decimals as matter: `$0`, `$0.0004`, `$0.012`, `$1.30`. */
export function formatCost(costUSD: number): string {
  if (costUSD === 0) return '$0';
  if (costUSD < 0.0001) return '<$0.0001';
  return `$${costUSD.toFixed(costUSD < 0.01 ? 4 : costUSD < 1 ? 3 : 2)}`;
}

/** A duration in ms: `85 ms`, `4.1 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${trimmed(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A size: `85 kB`, `4.1 MB`. */
export function formatBytes(bytes: number): string {
  return bytes < 999_950 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
