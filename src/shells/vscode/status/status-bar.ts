import * as vscode from 'vscode';
import type { AccountOverview } from '../../../core/accounts/configured-accounts.ts';
import type { Lazy } from '../host/lazy.ts';
import type { Shell } from '../shell.ts';
import { formatCost } from '../views/format.ts';
import { type StatusFacts, statusOf } from './status-model.ts';

/** Shortest time between two looks, ms; also how often it looks while something runs. */
const INTERVAL_MS = 1000;

/** Commands that the tooltip links to. */
const LINKED = [
  'ensemble.showActions',
  'ensemble.accounts.focus',
  'ensemble.agents.focus',
  'ensemble.answerAgents',
] as const;

/** What is going on, in the status bar: running agents, spending of the day, accounts that wait for the person. */
export class StatusBar implements vscode.Disposable {
  readonly #shell: Lazy<Shell>;
  readonly #item: vscode.StatusBarItem;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #wanted = false;

  constructor(shell: Lazy<Shell>) {
    this.#shell = shell;
    this.#item = vscode.window.createStatusBarItem('ensemble.status', vscode.StatusBarAlignment.Left, 10);
    this.#item.name = 'Ensemble';
    this.#item.command = 'ensemble.showActions';
    this.#show(statusOf({ running: 0, questions: 0 }, null), null);
    this.#item.show();
  }

  /** Looks again, at most once a second. */
  request(): void {
    this.#wanted = true;
    if (this.#timer === null) void this.#look();
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#item.dispose();
  }

  async #look(): Promise<void> {
    this.#wanted = false;
    this.#timer = setTimeout(() => this.#next(), INTERVAL_MS);
    const shell = await this.#shell.started();
    const ensemble = shell?.session.opened ?? null;
    if (!shell || !ensemble) return;
    try {
      await shell.session.followed();
      const accounts = await ensemble.accounts.status();
      const questions = shell.questions.list().length;
      const facts = statusOf({ running: ensemble.runs.active().length, questions }, accounts);
      if (facts.running > 0) this.#wanted = true;
      this.#show(facts, accounts);
    } catch (error) {
      shell.log.debug(`The status bar cannot be brought up to date: ${String(error)}`);
    }
  }

  #next(): void {
    this.#timer = null;
    if (this.#wanted) void this.#look();
  }

  #show(facts: StatusFacts, accounts: readonly AccountOverview[] | null): void {
    const { running, questions, todayUSD, waiting } = facts;
    const icon =
      questions > 0 ? 'bell-dot' : waiting.length > 0 ? 'warning' : running > 0 ? 'loading~spin' : 'type-hierarchy';
    const spent = todayUSD === null || todayUSD === 0 ? [] : [formatCost(todayUSD)];
    const words = [
      running > 0 ? vscode.l10n.t('Ensemble: {0} running', running) : 'Ensemble',
      ...(questions > 0 ? [questionsText(questions)] : []),
      ...(waiting.length > 0 ? [vscode.l10n.t('account waits')] : []),
      ...spent,
    ];
    this.#item.text = `$(${icon}) ${words.join(' · ')}`;
    this.#item.backgroundColor =
      questions + waiting.length > 0 ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.tooltip = tooltipOf(facts, accounts);
    this.#item.accessibilityInformation = { label: words.join(', '), role: 'button' };
  }
}

function questionsText(count: number): string {
  return count === 1 ? vscode.l10n.t('1 agent asks') : vscode.l10n.t('{0} agents ask', count);
}

function tooltipOf(
  { todayUSD, questions }: StatusFacts,
  accounts: readonly AccountOverview[] | null,
): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: LINKED };
  text.appendMarkdown('**Ensemble**');
  if (questions > 0) {
    text.appendMarkdown(
      `\n\n$(bell-dot) [${vscode.l10n.t('Answer waiting agents...')}](command:ensemble.answerAgents)`,
    );
  }
  if (todayUSD !== null) {
    text.appendMarkdown('\n\n').appendText(vscode.l10n.t('Spent today: {0}', formatCost(todayUSD)));
  }
  for (const { name, state, inFlight, queued } of accounts ?? []) {
    const calls = inFlight + queued > 0 ? vscode.l10n.t(', {0} running, {1} waiting', inFlight, queued) : '';
    text.appendMarkdown(`\n\n$(${ICONS[state]}) `).appendText(`${name}: ${wordOf(state)}${calls}`);
  }
  const links = [
    `[${vscode.l10n.t('Agents')}](command:ensemble.agents.focus)`,
    `[${vscode.l10n.t('Accounts')}](command:ensemble.accounts.focus)`,
    `[${vscode.l10n.t('Actions...')}](command:ensemble.showActions)`,
  ];
  return text.appendMarkdown(`\n\n---\n\n${links.join(' · ')}`);
}

const ICONS: Readonly<Record<AccountOverview['state'], string>> = {
  ready: 'pass',
  cooling: 'watch',
  disabled: 'circle-slash',
  'key-refused': 'error',
  'out-of-credits': 'credit-card',
};

function wordOf(state: AccountOverview['state']): string {
  switch (state) {
    case 'ready':
      return vscode.l10n.t('ready');
    case 'cooling':
      return vscode.l10n.t('cooling down');
    case 'disabled':
      return vscode.l10n.t('disabled');
    case 'key-refused':
      return vscode.l10n.t('key refused');
    case 'out-of-credits':
      return vscode.l10n.t('out of credits');
  }
}
