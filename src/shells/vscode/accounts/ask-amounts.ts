import * as vscode from 'vscode';
import { type Answered, askText, onAnswer, type StepFrame } from '../host/multi-step.ts';
import { amountOf, amountProblem } from './account-input.ts';
import type { BudgetSetting, LimitsSetting } from './account-settings.ts';

/** A number of an account that can be asked for. */
export type AmountStep = keyof LimitsSetting | keyof BudgetSetting;

/** Asks for a limit or a budget; null: none. */
export function askAmount(
  frame: StepFrame,
  step: AmountStep,
  present: number | null | undefined,
): Promise<Answered<number | null>> {
  const kind = step === 'perDayUSD' || step === 'perMonthUSD' ? 'usd' : 'count';
  const text = askText(frame, {
    prompt: promptOf(step),
    value: present === null || present === undefined ? '' : String(present),
    placeholder: kind === 'usd' ? vscode.l10n.t('no budget') : vscode.l10n.t('no limit'),
    problem: (value) => problemText(amountProblem(value, kind)),
  });
  return onAnswer(text, amountOf);
}

function promptOf(step: AmountStep): string {
  switch (step) {
    case 'requestsPerMinute':
      return vscode.l10n.t('Requests per minute. Empty: learned from the answers of the provider.');
    case 'tokensPerMinute':
      return vscode.l10n.t('Tokens per minute, input and output together. Empty: learned from answers.');
    case 'concurrent':
      return vscode.l10n.t('Calls at the same time. Empty: as many as the other limits allow.');
    case 'perDayUSD':
      return vscode.l10n.t('The most this account may spend in a day (UTC), in USD. Empty: no budget of its own.');
    case 'perMonthUSD':
      return vscode.l10n.t('The most this account may spend in a month (UTC), in USD. Empty: no budget of its own.');
  }
}

function problemText(problem: ReturnType<typeof amountProblem>): string | null {
  switch (problem) {
    case 'number':
      return vscode.l10n.t('Enter a number such as 60 or 2.5, or leave it empty.');
    case 'whole':
      return vscode.l10n.t('Enter a whole number.');
    case 'range':
      return vscode.l10n.t('Enter at least 1. To stop an account, disable it.');
    case null:
      return null;
  }
}
