import * as vscode from 'vscode';
import {
  type AccountFacts,
  type AccountState,
  formatWait,
  headroomOf,
  leftOf,
  percent,
  type Share,
  spendOf,
  stateOf,
  textBar,
} from '../accounts/account-facts.ts';
import { causeText, headroomText, limitText, stateText } from '../accounts/account-texts.ts';
import { type AccountsProblem, DETAILS, type Detail, elementOf } from './accounts-model.ts';
import { formatCost, formatDuration, formatTokens } from './format.ts';

const GREEN = 'testing.iconPassed';
const RED = 'testing.iconFailed';
const YELLOW = 'problemsWarningIcon.foreground';

/** Icons differ in shape as well as in colour, and the state stands beside them as a word. */
const ICONS: Readonly<Record<AccountState, readonly [icon: string, color?: string]>> = {
  unused: ['circle-outline'],
  ready: ['pass', GREEN],
  'test-failed': ['warning', YELLOW],
  cooling: ['watch', YELLOW],
  disabled: ['circle-slash'],
  'key-refused': ['error', RED],
  'out-of-credits': ['credit-card', RED],
  'key-missing': ['key', YELLOW],
  misconfigured: ['warning', YELLOW],
};

function iconOf(state: AccountState): vscode.ThemeIcon {
  const [icon, color] = ICONS[state];
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** An account as a tree item. `now` in epoch ms. */
export function accountItem(facts: AccountFacts, now: number): vscode.TreeItem {
  const { name, provider } = facts.setting;
  const state = stateOf(facts);
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = elementOf(name);
  item.iconPath = iconOf(state);
  item.description = factsOf(facts, now, true).join(' · ');
  item.contextValue = contextOf(facts, state);
  item.tooltip = tooltipOf(facts, now);
  item.accessibilityInformation = { label: [name, provider, ...factsOf(facts, now, false)].join(', ') };
  return item;
}

/** Words that the menus of package.json look for: `enabled`, `disabled`. */
function contextOf({ setting }: AccountFacts, state: AccountState): string {
  return ['account', setting.enabled === false ? 'disabled' : 'enabled', state].join(' ');
}

/** What matters most first: a narrow side bar cuts the end. Bars are for the eye only. */
function factsOf(facts: AccountFacts, now: number, bars: boolean): string[] {
  const headroom = headroomOf(facts);
  const { day } = spendOf(facts);
  const tokens = tokensToday(facts);
  const { inFlight = 0, queued = 0 } = facts.status ?? {};
  return [
    stateText(facts, now),
    ...(headroom ? [bars ? `${textBar(headroom.left)} ${percent(headroom.left)}%` : headroomText(headroom)] : []),
    ...(inFlight > 0 ? [vscode.l10n.t('{0} running', inFlight)] : []),
    ...(queued > 0 ? [vscode.l10n.t('{0} waiting', queued)] : []),
    ...(day.used > 0 ? [vscode.l10n.t('{0} today', formatCost(day.used))] : []),
    ...(tokens > 0 ? [vscode.l10n.t('{0} tokens', formatTokens(tokens))] : []),
  ];
}

/** Names and messages are not ours, so that nothing of them may act as markdown. */
function tooltipOf(facts: AccountFacts, now: number): vscode.MarkdownString {
  const { name, provider } = facts.setting;
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown('**').appendText(name).appendMarkdown('** · ').appendText(provider);
  text.appendMarkdown(`\n\n$(${ICONS[stateOf(facts)][0]}) `).appendText(stateText(facts, now));
  for (const detail of detailsOf(facts)) {
    const { label, description } = detailText(facts, detail, now);
    text.appendMarkdown('\n\n').appendText(`${label}: ${description}`);
  }
  return text;
}

/** The rows below an account, without those that have nothing to say. */
export function detailsOf(facts: AccountFacts): readonly Detail[] {
  const shown: Readonly<Record<Detail, boolean>> = {
    advice: adviceOf(facts) !== null,
    endpoint: facts.endpoint !== null,
    models: facts.models !== null,
    limits: facts.endpoint !== null,
    today: facts.status !== null,
    month: facts.status !== null,
    calls: facts.status !== null && facts.status.inFlight + facts.status.queued > 0,
    lastTest: true,
    lastError: facts.lastError !== null,
  };
  return DETAILS.filter((detail) => shown[detail]);
}

/** A row below an account. A click does what the row is about. */
export function detailItem(facts: AccountFacts, detail: Detail, now: number): vscode.TreeItem {
  const { label, description, icon, command } = detailText(facts, detail, now);
  const id = elementOf(facts.setting.name, detail);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
  item.id = id;
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.tooltip = `${label}: ${description}`;
  item.accessibilityInformation = { label: `${label}: ${description}` };
  item.contextValue = 'accountDetail';
  if (command) item.command = { command, title: label, arguments: [id] };
  return item;
}

/** Something that is wrong with the settings or the database. */
export function problemItem(id: string, { text, setting }: AccountsProblem): vscode.TreeItem {
  const label = setting === null ? vscode.l10n.t('Usage cannot be read') : vscode.l10n.t('Settings problem');
  const item = new vscode.TreeItem(label);
  item.id = id;
  item.description = text;
  item.tooltip = text;
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor(YELLOW));
  item.accessibilityInformation = { label: `${label}: ${text}` };
  item.contextValue = 'accountProblem';
  item.command =
    setting === null
      ? { command: 'ensemble.showLog', title: vscode.l10n.t('Show Log') }
      : {
          command: 'workbench.action.openSettings',
          title: vscode.l10n.t('Open Settings'),
          arguments: [`@id:${setting}`],
        };
  return item;
}

interface DetailText {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  readonly command?: string;
}

function detailText(facts: AccountFacts, detail: Detail, now: number): DetailText {
  switch (detail) {
    case 'advice':
      return { label: vscode.l10n.t('What to do'), icon: 'lightbulb', ...(adviceOf(facts) ?? { description: '' }) };
    case 'endpoint':
      return { label: vscode.l10n.t('Endpoint'), description: facts.endpoint ?? '', icon: 'globe' };
    case 'models':
      return { label: vscode.l10n.t('Models'), description: modelsText(facts), icon: 'chip' };
    case 'limits':
      return {
        label: vscode.l10n.t('Limits'),
        description: limitsText(facts),
        icon: 'dashboard',
        command: 'ensemble.setAccountLimits',
      };
    case 'today':
      return {
        label: vscode.l10n.t('Today'),
        description: todayText(facts),
        icon: 'graph',
        command: 'ensemble.setAccountBudget',
      };
    case 'month':
      return {
        label: vscode.l10n.t('This month'),
        description: monthText(facts),
        icon: 'calendar',
        command: 'ensemble.setAccountBudget',
      };
    case 'calls': {
      const { inFlight = 0, queued = 0 } = facts.status ?? {};
      const description = vscode.l10n.t('{0} running, {1} waiting', inFlight, queued);
      return { label: vscode.l10n.t('Calls'), description, icon: 'arrow-swap' };
    }
    case 'lastTest':
      return {
        label: vscode.l10n.t('Last test'),
        description: testText(facts, now),
        icon: 'beaker',
        command: 'ensemble.testAccount',
      };
    case 'lastError': {
      const { cause, at } = facts.lastError ?? { cause: 'network', at: new Date(now).toISOString() };
      const description = `${causeText(cause)} · ${agoText(at, now)}`;
      return { label: vscode.l10n.t('Last error'), description, icon: 'bug', command: 'ensemble.showLog' };
    }
  }
}

/** What the person can do about the account's state; null: nothing needs to be done. */
function adviceOf(facts: AccountFacts): { readonly description: string; readonly command?: string } | null {
  switch (stateOf(facts)) {
    case 'key-refused':
      return { description: vscode.l10n.t('Enter a valid key'), command: 'ensemble.updateAccountKey' };
    case 'key-missing':
      return { description: vscode.l10n.t('Enter the key'), command: 'ensemble.updateAccountKey' };
    case 'out-of-credits':
      return {
        description: vscode.l10n.t('Top the account up at its provider, then test it'),
        command: 'ensemble.testAccount',
      };
    case 'test-failed':
      return { description: facts.lastTest?.message ?? '', command: 'ensemble.testAccount' };
    case 'misconfigured':
      return { description: facts.problem ?? '' };
    case 'disabled':
      return { description: vscode.l10n.t('It receives nothing. Enable it'), command: 'ensemble.enableAccount' };
    case 'cooling':
      return { description: vscode.l10n.t('Nothing: it goes on by itself') };
    default:
      return null;
  }
}

function modelsText({ models }: AccountFacts): string {
  if (!models) return '';
  const { simple, medium, complex } = models;
  if (simple === medium && medium === complex) return simple;
  return vscode.l10n.t('simple {0} · medium {1} · complex {2}', simple, medium, complex);
}

/** What is used of the limits at work; before the first look, the limits of the settings. */
function limitsText({ limits, status, sharedWith }: AccountFacts): string {
  const used = (status?.limits ?? []).map(limitText);
  const configured = [
    ...(limits?.requestsPerMinute ? [vscode.l10n.t('{0} requests/min', limits.requestsPerMinute)] : []),
    ...(limits?.tokensPerMinute ? [vscode.l10n.t('{0} tokens/min', formatTokens(limits.tokensPerMinute))] : []),
    ...(limits?.concurrent ? [vscode.l10n.t('{0} at once', limits.concurrent)] : []),
  ];
  const parts = used.length > 0 ? used : configured;
  const own = parts.length === 0 ? vscode.l10n.t('learned from answers') : parts.join(' · ');
  return sharedWith.length === 0 ? own : vscode.l10n.t('{0}, shared with {1}', own, sharedWith.join(', '));
}

function tokensToday({ status }: AccountFacts): number {
  return status ? status.spending.tokensToday.input + status.spending.tokensToday.output : 0;
}

function todayText(facts: AccountFacts): string {
  const { callsToday = 0, failuresToday = 0 } = facts.status?.spending ?? {};
  const tokens = tokensToday(facts);
  return [
    ...spentToday(facts),
    ...(tokens > 0 ? [vscode.l10n.t('{0} tokens', formatTokens(tokens))] : []),
    callsToday === 1 ? vscode.l10n.t('1 call') : vscode.l10n.t('{0} calls', callsToday),
    ...(failuresToday > 0 ? [vscode.l10n.t('{0} failed', failuresToday)] : []),
  ].join(' · ');
}

/** Nothing where all that was used has no known price: "$0" would be a lie. */
function spentToday(facts: AccountFacts): string[] {
  const { day } = spendOf(facts);
  const unknown = (facts.status?.spending.unknownCosts ?? 0) > 0 && day.used === 0 && day.limit === null;
  return unknown ? [] : [shareText(day)];
}

function monthText(facts: AccountFacts): string {
  const unknown = facts.status?.spending.unknownCosts ?? 0;
  return [
    shareText(spendOf(facts).month),
    ...(unknown > 0 ? [vscode.l10n.t('and {0} calls of unknown price', unknown)] : []),
  ].join(' ');
}

function shareText(share: Share): string {
  const left = leftOf(share);
  if (left === null || share.limit === null) return formatCost(share.used);
  return vscode.l10n.t('{0} {1} of {2}', textBar(1 - left), formatCost(share.used), formatCost(share.limit));
}

function testText({ lastTest }: AccountFacts, now: number): string {
  if (!lastTest) return vscode.l10n.t('not tested yet');
  const ago = agoText(lastTest.at, now);
  if (!lastTest.ok) return vscode.l10n.t('failed {0}: {1}', ago, lastTest.message ?? '');
  return vscode.l10n.t('works · {0} models · {1} · {2}', lastTest.models, formatDuration(lastTest.latencyMs), ago);
}

function agoText(at: string, now: number): string {
  const ms = now - Date.parse(at);
  return ms < 60_000 ? vscode.l10n.t('just now') : vscode.l10n.t('{0} ago', formatWait(ms));
}
