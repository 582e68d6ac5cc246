import type { ParsedConfig, ProviderChoice } from '../../../compose.ts';
import type { AccountOverview } from '../../../core/accounts/configured-accounts.ts';
import { hasKey } from '../../../core/accounts/has-key.ts';
import { toErrorInfo } from '../../../core/errors.ts';
import type { SecretStore } from '../../../core/ports.ts';
import { sentences } from '../host/report.ts';
import type { Session } from '../host/session.ts';
import type { AccountsProblem, AccountsSnapshot } from '../views/accounts-model.ts';
import type { AccountFacts } from './account-facts.ts';
import type { AccountNotes } from './account-notes.ts';
import type { AccountSettings } from './account-settings.ts';
import { endpointOf, problemsOf, settingOfProblem } from './settings-problems.ts';

/** What the facts are put together from. */
export interface AccountsSources {
  readonly session: Session;
  readonly settings: AccountSettings;
  readonly secrets: SecretStore;
  readonly notes: AccountNotes;
}

/** Puts together what is known of the accounts. */
export class AccountsReader {
  readonly #sources: AccountsSources;

  constructor(sources: AccountsSources) {
    this.#sources = sources;
  }

  /** From the settings alone, at once. */
  configured(): AccountsSnapshot {
    const { settings, notes } = this.#sources;
    const accounts = settings.list().map(
      (setting): AccountFacts => ({
        ...UNKNOWN,
        setting,
        lastTest: notes.lastTest(setting.name),
        lastError: notes.lastError(setting.name),
      }),
    );
    return { accounts, problems: [] };
  }

  /**
   * Everything. Opens the database only where there is one; what cannot be read becomes a problem. `fresh`: reads the
   * settings again, too.
   */
  async read(fresh: boolean): Promise<AccountsSnapshot> {
    const { session } = this.#sources;
    await session.followed();
    const { allProviders } = await import('../../../compose.ts');
    const parsed = await (fresh ? session.readConfig() : session.config());
    const { measured, trouble } = await this.#measure();
    const choices = allProviders();
    const accounts = await Promise.all(
      this.configured().accounts.map((facts, index) => this.#complete(facts, index, { parsed, measured, choices })),
    );
    const problems = parsed.problems.map((text): AccountsProblem => ({ text, setting: settingOfProblem(text) }));
    return { accounts, problems: [...problems, ...trouble] };
  }

  async #measure(): Promise<{ measured: readonly AccountOverview[] | null; trouble: readonly AccountsProblem[] }> {
    try {
      const ensemble = await this.#sources.session.openExisting();
      return { measured: ensemble && (await ensemble.accounts.status()), trouble: [] };
    } catch (error) {
      return { measured: null, trouble: [{ text: sentences(toErrorInfo(error)), setting: null }] };
    }
  }

  async #complete(
    facts: AccountFacts,
    index: number,
    known: { parsed: ParsedConfig; measured: readonly AccountOverview[] | null; choices: readonly ProviderChoice[] },
  ): Promise<AccountFacts> {
    const { setting } = facts;
    const { parsed, measured } = known;
    const choice = known.choices.find(({ id }) => id === setting.provider) ?? null;
    const usable = parsed.config.accounts.find(({ name }) => name === setting.name);
    const problem = problemsOf(index, setting.name, parsed.problems);
    const group = usable?.quotaGroup ?? setting.name;
    return {
      ...facts,
      status: measured?.find(({ name }) => name === setting.name) ?? null,
      endpoint: endpointOf(setting, choice),
      models: choice && { ...choice.models, ...setting.models },
      limits: parsed.config.quotaGroups[group] ?? null,
      sharedWith: parsed.config.accounts
        .filter(({ name, quotaGroup }) => quotaGroup === group && name !== setting.name)
        .map(({ name }) => name),
      keyMissing: (choice?.needsKey ?? false) && !(await hasKey(this.#sources.secrets, setting.name)),
      problem: usable ? null : problem,
    };
  }
}

const UNKNOWN: Omit<AccountFacts, 'setting'> = {
  status: null,
  endpoint: null,
  models: null,
  limits: null,
  sharedWith: [],
  keyMissing: false,
  problem: null,
  lastTest: null,
  lastError: null,
};
