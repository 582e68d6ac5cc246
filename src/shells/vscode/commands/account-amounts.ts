import * as vscode from 'vscode';
import type { BudgetSetting, LimitsSetting } from '../accounts/account-settings.ts';
import { BUDGET_STEPS, LIMIT_STEPS } from '../accounts/add-account-plan.ts';
import { askAmount } from '../accounts/ask-amounts.ts';
import { converse, onAnswer } from '../host/multi-step.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { pickAccount } from './pick-account.ts';

/** Sets the limits of an account's quota group. Escape keeps what was answered before it. */
export async function setAccountLimits(shell: Shell, argument: unknown): Promise<void> {
  const name = await pickAccount(shell, argument, { placeHolder: vscode.l10n.t('Whose limits shall be set?') });
  if (name === undefined) return;
  const group = shell.accounts.groupOf(name);
  const shared = shell.accounts.sharing(group);
  const title =
    shared.length > 1
      ? vscode.l10n.t('Limits of {0}, shared by {1}', group, shared.join(', '))
      : vscode.l10n.t('Limits of {0}', name);
  const changed = await askAmounts<LimitsSetting>(title, LIMIT_STEPS, shell.accounts.limits(group));
  if (Object.keys(changed).length > 0) await shell.accounts.setLimits(group, changed);
}

/** Sets the budget of an account. Escape keeps what was answered before it. */
export async function setAccountBudget(shell: Shell, argument: unknown): Promise<void> {
  const name = await pickAccount(shell, argument, { placeHolder: vscode.l10n.t('Whose budget shall be set?') });
  if (name === undefined) return;
  const present = shell.accounts.find(name)?.budget ?? {};
  const title = vscode.l10n.t('Budget of {0}', name);
  const changed = await askAmounts<BudgetSetting>(title, BUDGET_STEPS, present);
  if (Object.keys(changed).length === 0) return;
  const budget = { ...present, ...changed };
  const unlimited = Object.values(budget).every((limit) => limit === null);
  await shell.accounts.change(name, { budget: unlimited ? undefined : budget });
}

/** Asks for each number; those that were answered, also when the person left on the way, and then a message says so. */
async function askAmounts<T extends Readonly<Partial<Record<Step, number | null>>>>(
  title: string,
  steps: readonly Step[],
  present: T,
): Promise<T> {
  const plan = { steps: () => steps, automatic: new Set<Step>() };
  const { draft, finished } = await converse<Partial<Record<Step, number | null>>, Step>(
    plan,
    {},
    () => title,
    async (step, answers, frame) => {
      return onAnswer(askAmount(frame, step, step in answers ? answers[step] : present[step]), (amount) => ({
        change: { [step]: amount },
      }));
    },
  );
  const count = Object.keys(draft).length;
  if (!finished && count > 0) {
    const text = vscode.l10n.t(
      '{0}: {1} of {2} answers were kept, the rest stays as it was.',
      title,
      count,
      steps.length,
    );
    notify({ level: 'info', text, buttons: [] });
  }
  return draft as T;
}

type Step = (typeof LIMIT_STEPS)[number] | (typeof BUDGET_STEPS)[number];
