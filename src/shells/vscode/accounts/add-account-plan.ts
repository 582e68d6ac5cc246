import type { ProviderChoice } from '../../../compose.ts';
import type { Tier } from '../../../core/model.ts';
import type { AccountTest } from '../../../core/try-provider.ts';
import type { AccountSetting, BudgetSetting, LimitsSetting } from './account-settings.ts';
import type { WizardPlan } from './wizard.ts';

/** Steps of adding an account, in their order. */
export type AddStep =
  | 'provider'
  | 'name'
  | 'address'
  | 'key'
  | 'test'
  | 'failed'
  | 'models'
  | Tier
  | 'extras'
  | keyof LimitsSetting
  | keyof BudgetSetting;

/** What else is asked at the end. */
export type Extras = 'none' | 'limits' | 'budget' | 'both';

/** What has been answered so far. Keys live only here until the account is kept. */
export interface AddDraft {
  readonly provider: ProviderChoice | null;
  /** True: the editor's own models instead of a provider's; they are asked for in their own way. */
  readonly editorModels: boolean;
  readonly name: string;
  /** Null: the provider's own. */
  readonly baseURL: string | null;
  /** True: the person wants to give the address although the provider has one. */
  readonly otherAddress: boolean;
  readonly key: string | null;
  readonly test: AccountTest | null;
  /** True: the person wants it although its test failed. */
  readonly anyway: boolean;
  readonly models: Partial<Readonly<Record<Tier, string>>>;
  readonly perTier: boolean;
  readonly extras: Extras;
  readonly limits: LimitsSetting;
  readonly budget: BudgetSetting;
}

/** Nothing answered yet. */
export const EMPTY_DRAFT: AddDraft = {
  provider: null,
  editorModels: false,
  name: '',
  baseURL: null,
  otherAddress: false,
  key: null,
  test: null,
  anyway: false,
  models: {},
  perTier: false,
  extras: 'none',
  limits: {},
  budget: {},
};

/** Whether its models are whatever somebody has installed there. */
export function hasOwnServer({ isLocal, defaultBaseURL }: Pick<ProviderChoice, 'isLocal' | 'defaultBaseURL'>): boolean {
  return isLocal || defaultBaseURL === null;
}

/** Which steps adding an account takes, by what was answered before. */
export const ADD_ACCOUNT: WizardPlan<AddDraft, AddStep> = {
  automatic: new Set(['test']),
  steps: ({ provider, editorModels, otherAddress, test, perTier, extras }) => {
    if (editorModels) return ['provider'];
    const server = provider !== null && (provider.defaultBaseURL === null || otherAddress);
    const wantsLimits = extras === 'limits' || extras === 'both';
    const wantsBudget = extras === 'budget' || extras === 'both';
    return [
      'provider',
      'name',
      ...(server ? (['address'] as const) : []),
      ...(provider?.isLocal ? [] : (['key'] as const)),
      'test',
      ...(test && !test.ok ? (['failed'] as const) : (['models'] as const)),
      ...(perTier && test?.ok ? (['simple', 'medium', 'complex'] as const) : []),
      'extras',
      ...(wantsLimits ? LIMIT_STEPS : []),
      ...(wantsBudget ? BUDGET_STEPS : []),
    ];
  },
};

/** Limits that are asked for, in their order. */
export const LIMIT_STEPS = ['requestsPerMinute', 'tokensPerMinute', 'concurrent'] as const;

/** Budgets that are asked for, in their order. */
export const BUDGET_STEPS = ['perDayUSD', 'perMonthUSD'] as const;

/** The draft as it goes into the settings; null: it has not been seen to work, so nothing is kept. */
export function settingOf(draft: AddDraft): AccountSetting | null {
  const { provider, name, baseURL, test, anyway, models, budget } = draft;
  if (provider === null || !(test?.ok || anyway)) return null;
  return {
    name,
    provider: provider.id,
    ...(baseURL === null ? {} : { baseURL }),
    ...(Object.keys(models).length === 0 ? {} : { models }),
    ...(Object.values(budget).every((limit) => limit === null) ? {} : { budget }),
  };
}

/** True when a provider's list has the model, also under a prefix such as `models/`, or when the list is empty. */
export function offers(models: readonly string[], model: string): boolean {
  return models.length === 0 || models.some((each) => each === model || each.endsWith(`/${model}`));
}
