import * as vscode from 'vscode';
import type { LimitStatus } from '../../../core/accounts/types.ts';
import { formatTokens } from '../views/format.ts';
import { type AccountFacts, type ErrorNote, formatWait, type Headroom, percent, stateOf } from './account-facts.ts';

/** The state of an account in a few words; `now` in epoch ms. */
export function stateText(facts: AccountFacts, now: number): string {
  switch (stateOf(facts)) {
    case 'unused':
      return vscode.l10n.t('not used yet');
    case 'ready':
      return vscode.l10n.t('ready');
    case 'test-failed':
      return vscode.l10n.t('test failed');
    case 'cooling':
      return coolingText(facts, now);
    case 'disabled':
      return vscode.l10n.t('disabled');
    case 'key-refused':
      return vscode.l10n.t('key refused');
    case 'out-of-credits':
      return vscode.l10n.t('out of credits');
    case 'key-missing':
      return vscode.l10n.t('key missing');
    case 'misconfigured':
      return vscode.l10n.t('not used: settings problem');
  }
}

function coolingText({ status }: AccountFacts, now: number): string {
  if (!status?.cooldown) return vscode.l10n.t('cooling down');
  const { cause, until } = status.cooldown;
  return vscode.l10n.t('{0}, free in {1}', causeText(cause), formatWait(Date.parse(until) - now));
}

/** Why an attempt failed, in words. Causes that are not known here are shown as they are. */
export function causeText(cause: ErrorNote['cause'] | (string & {})): string {
  switch (cause) {
    case 'rate-limited':
      return vscode.l10n.t('rate limited');
    case 'daily-quota':
      return vscode.l10n.t('daily quota used up');
    case 'out-of-credits':
      return vscode.l10n.t('out of credits');
    case 'auth':
      return vscode.l10n.t('key refused');
    case 'overloaded':
      return vscode.l10n.t('provider overloaded');
    case 'server-error':
      return vscode.l10n.t('error of the provider');
    case 'network':
      return vscode.l10n.t('not reachable');
    case 'timeout':
      return vscode.l10n.t('no answer in time');
    case 'cut-stream':
    case 'partial':
      return vscode.l10n.t('answer broke off');
    case 'model-not-found':
      return vscode.l10n.t('model not found');
    case 'invalid-response':
      return vscode.l10n.t('answer not understood');
    default:
      return cause;
  }
}

/** What is left, as a screen reader says it. */
export function headroomText({ left, by }: Headroom): string {
  switch (by) {
    case 'limits':
      return vscode.l10n.t('{0}% of its limits free', percent(left));
    case 'day':
      return vscode.l10n.t("{0}% of the day's budget left", percent(left));
    case 'month':
      return vscode.l10n.t("{0}% of the month's budget left", percent(left));
  }
}

/** A limit and how much of it is used at this moment: `12 of 60 requests/min`. */
export function limitText({ kind, model, limit, used, learned }: LimitStatus): string {
  const text = kindText(kind, formatTokens(used), formatTokens(limit));
  return [
    text,
    ...(model === null ? [] : [vscode.l10n.t('for {0}', model)]),
    ...(learned ? [vscode.l10n.t('(learned)')] : []),
  ].join(' ');
}

function kindText(kind: LimitStatus['kind'], used: string, limit: string): string {
  switch (kind) {
    case 'requests-per-minute':
      return vscode.l10n.t('{0} of {1} requests/min', used, limit);
    case 'requests-per-day':
      return vscode.l10n.t('{0} of {1} requests/day', used, limit);
    case 'tokens-per-minute':
      return vscode.l10n.t('{0} of {1} tokens/min', used, limit);
    case 'input-tokens-per-minute':
      return vscode.l10n.t('{0} of {1} input tokens/min', used, limit);
    case 'output-tokens-per-minute':
      return vscode.l10n.t('{0} of {1} output tokens/min', used, limit);
    case 'concurrent':
      return vscode.l10n.t('{0} of {1} calls at once', used, limit);
  }
}
