/** Reads one setting; `vscode.WorkspaceConfiguration` is one of these. */
export interface SettingsReader {
  get(key: string): unknown;
}

/** Keys below `ensemble.` that mirror the user's config, nested there by their dots. */
export const CONFIG_KEYS = [
  'accounts',
  'quotaGroups',
  'loadBalancing',
  'strategy',
  'engine.maxParallelAgents',
  'engine.globalTimeoutMs',
  'engine.contextStrategy',
  'engine.pruningThreshold',
  'engine.maxSubTasks',
  'engine.maxDepth',
  'engine.maxTasks',
  'budget.perRunUSD',
  'budget.perDayUSD',
  'budget.perMonthUSD',
  'budget.perAgentUSD',
  'budget.askAboveUSD',
  'budget.perRunTokens',
  'budget.perDayTokens',
  'budget.allowUnknownPrices',
  'prices',
  'guardrails',
  'history.keepDays',
  'history.memory',
  'tracing.level',
  'tracing.content',
  'tracing.destinations',
] as const;

/** The settings in the shape of the user's config (contracts.md), for `parseConfig`, which judges them. */
export function readSettings(settings: SettingsReader): Record<string, unknown> {
  const input: Record<string, unknown> = { schema: 1 };
  for (const key of CONFIG_KEYS) {
    const value = settings.get(key);
    if (value === undefined) continue;
    const [section, name] = key.split('.');
    if (section === undefined) continue;
    if (name === undefined) input[section] = value;
    else input[section] = { ...(input[section] as Record<string, unknown> | undefined), [name]: value };
  }
  return input;
}
