import * as vscode from 'vscode';
import type { ProviderChoice } from '../../../compose.ts';
import { validateBaseURL } from '../../../core/accounts/base-url.ts';
import type { Tier } from '../../../core/model.ts';
import type { AccountTest } from '../../../core/try-provider.ts';
import { type Answered, askPick, askText, askToWait, converse, onAnswer, type StepFrame } from '../host/multi-step.ts';
import { notify, sentences } from '../host/report.ts';
import { useEditorModels } from '../providers/vscode-lm/use-editor-models.ts';
import type { Shell } from '../shell.ts';
import { accountNameProblem, suggestName } from './account-input.ts';
import {
  ADD_ACCOUNT,
  type AddDraft,
  type AddStep,
  EMPTY_DRAFT,
  type Extras,
  hasOwnServer,
  offers,
  settingOf,
} from './add-account-plan.ts';
import { askAmount } from './ask-amounts.ts';
import { askForKey } from './ask-for-key.ts';
import { providerDetail, providerPlace } from './provider-texts.ts';

type AddAnswer = Answered<{ readonly change: Partial<AddDraft>; readonly to?: AddStep }>;

/**
 * Adds an account step by step and tries it on the way. Until it works Escape changes nothing; from then on the account is kept
 * with what was answered, and the message at the end says so.
 */
export async function addAccount(shell: Shell): Promise<void> {
  const { providerChoices, tryAccount } = await import('../../../compose.ts');
  const questions = new AddQuestions(
    providerChoices(),
    shell.accounts.list().map(({ name }) => name),
    tryAccount,
  );
  const title = ({ provider }: AddDraft) =>
    provider ? vscode.l10n.t('Add Account: {0}', provider.label) : vscode.l10n.t('Add Account');
  const { draft, finished } = await converse(ADD_ACCOUNT, EMPTY_DRAFT, title, (step, answers, frame) =>
    questions.ask(step, answers, frame),
  );
  if (draft.editorModels && finished) {
    await useEditorModels(shell);
    return;
  }
  const setting = settingOf(draft);
  if (!setting || !draft.test) return;
  await shell.accounts.add(setting, draft.key);
  await shell.accounts.setLimits(setting.name, draft.limits);
  await shell.accountNotes.noteTest(draft.test, new Date().toISOString());
  notify({ level: draft.test.ok ? 'info' : 'warning', text: keptText(draft.test, finished), buttons: [] });
}

function keptText({ name, ok, models }: AccountTest, finished: boolean): string {
  const added = ok
    ? vscode.l10n.t('{0} works: {1} models. The account was added.', name, models.length)
    : vscode.l10n.t('The account {0} was added, but its test failed.', name);
  if (finished) return added;
  return `${added} ${vscode.l10n.t('What you left out has its default; change it in the Accounts view.')}`;
}

/** The questions of each step. */
class AddQuestions {
  readonly #choices: readonly ProviderChoice[];
  readonly #taken: readonly string[];
  readonly #try: typeof import('../../../compose.ts').tryAccount;

  constructor(
    choices: readonly ProviderChoice[],
    taken: readonly string[],
    tryAccount: typeof import('../../../compose.ts').tryAccount,
  ) {
    this.#choices = choices;
    this.#taken = taken;
    this.#try = tryAccount;
  }

  ask(step: AddStep, draft: AddDraft, frame: StepFrame): Promise<AddAnswer> {
    const { provider } = draft;
    if (step === 'provider' || provider === null) return this.#askProvider(frame);
    switch (step) {
      case 'name':
        return this.#askName(frame, draft, provider);
      case 'address':
        return this.#askAddress(frame, draft, provider);
      case 'key':
        return this.#askKey(frame, draft, provider);
      case 'test':
        return this.#test(frame, draft, provider);
      case 'failed':
        return this.#askAfterFailure(frame, draft, provider);
      case 'models':
        return askModels(frame, draft, provider);
      case 'simple':
      case 'medium':
      case 'complex':
        return askTier(frame, draft, provider, step);
      case 'extras':
        return askExtras(frame);
      case 'perDayUSD':
      case 'perMonthUSD': {
        const amount = askAmount(frame, step, draft.budget[step]);
        return onAnswer(amount, (value) => ({ change: { budget: { ...draft.budget, [step]: value } } }));
      }
      default: {
        const amount = askAmount(frame, step, draft.limits[step]);
        return onAnswer(amount, (value) => ({ change: { limits: { ...draft.limits, [step]: value } } }));
      }
    }
  }

  #askProvider(frame: StepFrame): Promise<AddAnswer> {
    const items = this.#choices.map((provider) => ({
      label: provider.label,
      description: providerPlace(provider),
      detail: providerDetail(provider),
      change: { ...EMPTY_DRAFT, provider },
    }));
    const editor = {
      label: vscode.l10n.t("The editor's own models"),
      description: vscode.l10n.t('in this editor'),
      detail: vscode.l10n.t('Models of GitHub Copilot and of other extensions, without a key'),
      change: { ...EMPTY_DRAFT, editorModels: true },
    };
    return onAnswer(askPick(frame, vscode.l10n.t('Whose account is it?'), [...items, editor]), ({ change }) => ({
      change,
    }));
  }

  #askName(frame: StepFrame, draft: AddDraft, provider: ProviderChoice): Promise<AddAnswer> {
    const name = askText(frame, {
      prompt: vscode.l10n.t('Name of the account. It is shown beside everything that the account does.'),
      value: draft.name || suggestName(provider.id, this.#taken),
      problem: (value) => nameProblemText(value, this.#taken),
    });
    return onAnswer(name, (value) => ({ change: { name: value } }));
  }

  #askAddress(frame: StepFrame, draft: AddDraft, provider: ProviderChoice): Promise<AddAnswer> {
    const address = askText(frame, {
      prompt: vscode.l10n.t('Base URL of the server, such as https://models.example.com/v1'),
      value: draft.baseURL ?? provider.defaultBaseURL ?? '',
      placeholder: 'https://',
      problem: validateBaseURL,
    });
    return onAnswer(address, (value) => ({ change: { baseURL: value === provider.defaultBaseURL ? null : value } }));
  }

  #askKey(frame: StepFrame, draft: AddDraft, provider: ProviderChoice): Promise<AddAnswer> {
    const account = { name: draft.name, provider: provider.id, baseURL: draft.baseURL };
    return onAnswer(askForKey(frame, account, provider.needsKey), (key) => ({ change: { key } }));
  }

  #test(frame: StepFrame, { name, baseURL, key }: AddDraft, provider: ProviderChoice): Promise<AddAnswer> {
    const host = new URL(baseURL ?? provider.defaultBaseURL ?? 'http://localhost').host;
    const placeholder = vscode.l10n.t('Asking {0} for its models...', host);
    const test = askToWait(frame, placeholder, (signal) =>
      this.#try({ name, provider: provider.id, baseURL }, key, signal),
    );
    return onAnswer(test, (value) => ({ change: { test: value, anyway: false } }));
  }

  #askAfterFailure(frame: StepFrame, { test }: AddDraft, provider: ProviderChoice): Promise<AddAnswer> {
    const again = {
      label: `$(refresh) ${vscode.l10n.t('Test Again')}`,
      detail: '',
      answer: { change: {}, to: 'test' as const },
    };
    const items = [
      { ...again, detail: test?.error ? sentences(test.error) : '' },
      ...(provider.isLocal
        ? []
        : [{ label: `$(key) ${vscode.l10n.t('Enter Another Key...')}`, answer: { change: {}, to: 'key' as const } }]),
      ...(hasOwnServer(provider)
        ? [
            {
              label: `$(globe) ${vscode.l10n.t('Enter Another Address...')}`,
              answer: { change: { otherAddress: true }, to: 'address' as const },
            },
          ]
        : []),
      { label: `$(check) ${vscode.l10n.t('Add It Anyway')}`, answer: { change: { anyway: true } } },
    ];
    const placeholder = provider.isLocal
      ? vscode.l10n.t('Nothing answers there. Is {0} running?', provider.label)
      : vscode.l10n.t('The test failed. What shall happen?');
    return onAnswer(askPick(frame, placeholder, items), ({ answer }) => answer);
  }
}

/** What is wrong with the name of an account, as a sentence; null: nothing. */
export function nameProblemText(name: string, taken: readonly string[]): string | null {
  switch (accountNameProblem(name, taken)) {
    case 'empty':
    case 'characters':
      return vscode.l10n.t("Use 1 to 64 letters, digits, '-', '_' or '.'.");
    case 'taken':
      return vscode.l10n.t('There is already an account with this name.');
    case null:
      return null;
  }
}

/** The provider's defaults or models of one's own; a server of one's own has none that we could know. */
function askModels(frame: StepFrame, { test }: AddDraft, provider: ProviderChoice): Promise<AddAnswer> {
  const models = test?.models ?? [];
  const perTier = {
    label: `$(list-tree) ${vscode.l10n.t('Choose a Model per Tier...')}`,
    detail: vscode.l10n.t('One for simple, one for medium, one for complex work'),
    change: { perTier: true },
  };
  const works = vscode.l10n.t('It works: {0} models, {1} ms.', models.length, test?.latencyMs ?? 0);
  if (hasOwnServer(provider)) {
    const items = models.map((model) => ({ label: model, change: { perTier: false, models: everywhere(model) } }));
    const placeholder = `${works} ${vscode.l10n.t('Which model shall it use?')}`;
    return onAnswer(askPick(frame, placeholder, [...items, perTier]), ({ change }) => ({ change }));
  }
  const { simple, medium, complex } = provider.models;
  const missing = [...new Set([simple, medium, complex])].filter((model) => !offers(models, model));
  const known = vscode.l10n.t('simple {0} · medium {1} · complex {2}', simple, medium, complex);
  const defaults = {
    label: `$(check) ${vscode.l10n.t('Use the Default Models')}`,
    detail: missing.length === 0 ? known : `${known} · ${vscode.l10n.t('not in its list: {0}', missing.join(', '))}`,
    change: { perTier: false, models: {} },
  };
  const items = missing.length === 0 ? [defaults, perTier] : [perTier, defaults];
  return onAnswer(askPick(frame, works, items), ({ change }) => ({ change }));
}

function askTier(frame: StepFrame, draft: AddDraft, provider: ProviderChoice, tier: Tier): Promise<AddAnswer> {
  const preferred = draft.models[tier] ?? provider.models[tier];
  const models = draft.test?.models ?? [];
  const items = [...models.filter((model) => model === preferred), ...models.filter((model) => model !== preferred)];
  return onAnswer(
    askPick(
      frame,
      tierText(tier),
      items.map((label) => ({ label })),
    ),
    ({ label }) => ({ change: { models: { ...draft.models, [tier]: label } } }),
  );
}

function tierText(tier: Tier): string {
  switch (tier) {
    case 'simple':
      return vscode.l10n.t('Model for simple work, such as summing up');
    case 'medium':
      return vscode.l10n.t('Model for medium work, such as most reviews');
    case 'complex':
      return vscode.l10n.t('Model for complex work, such as planning');
  }
}

function askExtras(frame: StepFrame): Promise<AddAnswer> {
  const item = (icon: string, label: string, detail: string, extras: Extras) => ({
    label: `$(${icon}) ${label}`,
    detail,
    extras,
  });
  const items = [
    item(
      'check',
      vscode.l10n.t('Finish'),
      vscode.l10n.t('Limits are learned from the answers of the provider'),
      'none',
    ),
    item('dashboard', vscode.l10n.t('Set Limits...'), vscode.l10n.t('Requests, tokens, calls at once'), 'limits'),
    item('credit-card', vscode.l10n.t('Set a Budget...'), vscode.l10n.t('USD per day and month'), 'budget'),
    item('list-unordered', vscode.l10n.t('Set Both...'), vscode.l10n.t('Limits, then a budget'), 'both'),
  ];
  return onAnswer(askPick(frame, vscode.l10n.t('Limits and budget are optional'), items), ({ extras }) => ({
    change: { extras },
  }));
}

function everywhere(model: string): Record<Tier, string> {
  return { simple: model, medium: model, complex: model };
}
