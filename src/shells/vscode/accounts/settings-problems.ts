import type { ProviderChoice } from '../../../compose.ts';
import { CONFIG_KEYS } from '../host/settings.ts';
import type { AccountSetting } from './account-settings.ts';

/** The setting that a problem of `parseConfig` speaks of: its text begins with the path of the field. */
export function settingOfProblem(problem: string): string {
  const path = problem.split(':')[0] ?? '';
  const key = CONFIG_KEYS.find((each) => path === each || path.startsWith(`${each}.`) || path.startsWith(`${each}[`));
  if (key !== undefined) return `ensemble.${key}`;
  return path === 'databasePath' ? 'ensemble.databasePath' : 'ensemble.accounts';
}

/** Why the account at `index` of the settings is not used; never null, because something keeps it out. */
export function problemsOf(index: number, name: string, problems: readonly string[]): string {
  const own = problems.filter((problem) => problem.startsWith(`accounts[${index}]`));
  return own.length > 0 ? own.join(' ') : `The settings of ${name} cannot be used.`;
}

/** Host that an account's requests go to, else what its provider is called; null: the address cannot be read. */
export function endpointOf(
  { baseURL }: Pick<AccountSetting, 'baseURL'>,
  choice: Pick<ProviderChoice, 'defaultBaseURL' | 'label'> | null,
): string | null {
  const url = baseURL ?? choice?.defaultBaseURL ?? null;
  if (url === null) return choice?.label ?? null;
  return URL.canParse(url) ? new URL(url).host : null;
}
