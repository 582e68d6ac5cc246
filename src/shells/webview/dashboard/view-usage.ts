import { html, nothing, type TemplateResult } from 'lit';
import type { DashboardAccount, DashboardAgent, DashboardRun } from '../../../protocol/dashboard.ts';
import { formatCost, formatCount, formatDuration, formatShare, formatTokens } from './format.ts';
import { place } from './place.ts';
import { lookOfAccount, lookOfAgent } from './status.ts';
import { t } from './texts.ts';
import { button, section, status, table, type ViewInput } from './view-parts.ts';

/** What each account has done today, and how it is. */
export function accountsView(input: ViewInput): TemplateResult {
  const { state, actions, now } = input;
  const accounts = state.accounts ?? [];
  const most = Math.max(1, ...accounts.map(({ tokens }) => tokens));
  const add = button(t('Add Account...'), {
    icon: 'key',
    run: () => actions.send({ type: 'command', command: 'addAccount' }),
  });
  return section(input, {
    id: 'accounts',
    title: t('Accounts today'),
    note: state.accounts === null ? t('Loading…') : undefined,
    picture: () =>
      html`<ul class="meters">
          ${accounts.map((account) =>
            meter({
              name: account.name,
              about: t('{0}, {1}', account.provider, account.endpoint),
              state: html`${status(lookOfAccount(account.state))}${pause(account, now)}`,
              share: account.tokens / most,
              facts: [
                [t('Tokens'), formatTokens(account.tokens)],
                [t('Calls'), formatCount(account.calls)],
                [t('Cost'), costOf(account)],
                [t('Headroom'), formatShare(account.headroom)],
                [t('Under way'), formatCount(account.inFlight)],
                [t('Queued'), formatCount(account.queued)],
              ],
            }),
          )}
        </ul>
        ${state.hasAccounts ? nothing : html`<div class="buttons">${add}</div>`}`,
    table: () =>
      table<DashboardAccount>(
        t('What each account has done since midnight'),
        [
          { title: t('Account'), cell: ({ name }) => name },
          { title: t('Status'), cell: (one) => html`${status(lookOfAccount(one.state))}${pause(one, now)}` },
          { title: t('Provider'), cell: ({ provider }) => provider },
          { title: t('Endpoint'), cell: ({ endpoint }) => endpoint },
          { title: t('Headroom'), number: true, cell: ({ headroom }) => formatShare(headroom) },
          { title: t('Under way'), number: true, cell: ({ inFlight }) => formatCount(inFlight) },
          { title: t('Queued'), number: true, cell: ({ queued }) => formatCount(queued) },
          { title: t('Calls'), number: true, cell: ({ calls }) => formatCount(calls) },
          { title: t('Failed calls'), number: true, cell: ({ failures }) => formatCount(failures) },
          { title: t('Tokens'), number: true, cell: ({ tokens }) => formatTokens(tokens) },
          { title: t('Cost'), number: true, cell: costOf },
        ],
        accounts,
      ),
  });
}

/** What each agent has done in the run. */
export function agentsView(input: ViewInput, run: DashboardRun): TemplateResult {
  const most = Math.max(1, ...run.agents.map(({ tokens }) => tokens));
  return section(input, {
    id: 'agents',
    title: t('Agents of this run'),
    picture: () =>
      html`<ul class="meters">
        ${run.agents.map((agent) =>
          meter({
            name: agent.name,
            about: null,
            state: status(lookOfAgent(agent)),
            share: agent.tokens / most,
            facts: [
              [t('Tokens'), formatTokens(agent.tokens)],
              [t('Tasks done'), t('{0} of {1}', formatCount(agent.ended), formatCount(agent.tasks))],
              [t('Cost'), formatCost(agent.costUSD)],
            ],
          }),
        )}
      </ul>`,
    table: () =>
      table<DashboardAgent>(
        t('What each agent has done in this run'),
        [
          { title: t('Agent'), cell: ({ name }) => name },
          { title: t('Status'), cell: (agent) => status(lookOfAgent(agent)) },
          { title: t('Tasks'), number: true, cell: ({ tasks }) => formatCount(tasks) },
          { title: t('Running'), number: true, cell: ({ running }) => formatCount(running) },
          { title: t('Completed'), number: true, cell: ({ succeeded }) => formatCount(succeeded) },
          { title: t('Failed'), number: true, cell: ({ failed }) => formatCount(failed) },
          { title: t('Tokens'), number: true, cell: ({ tokens }) => formatTokens(tokens) },
          { title: t('Cost'), number: true, cell: ({ costUSD }) => formatCost(costUSD) },
        ],
        run.agents,
      ),
  });
}

interface Meter {
  readonly name: string;
  readonly about: string | null;
  readonly state: TemplateResult;
  /** Tokens as a fraction of those of the one with the most. */
  readonly share: number;
  readonly facts: readonly (readonly [string, string])[];
}

function meter({ name, about, state, share, facts }: Meter): TemplateResult {
  return html`<li class="meter">
    <div class="meter-head">
      <span class="meter-name">${name}</span>
      ${about === null ? nothing : html`<span class="meter-about">${about}</span>`}
      <span class="meter-state">${state}</span>
    </div>
    <div class="track" aria-hidden="true">
      <span class="bar tone-busy" ${place({ left: '0', width: `${(share * 100).toFixed(2)}%` })}></span>
    </div>
    <dl class="facts">
      ${facts.map(([title, value]) => html`<div><dt>${title}</dt><dd>${value}</dd></div>`)}
    </dl>
  </li>`;
}

/** A sum without the calls of unknown price says so. */
function costOf({ costUSD, unknownCosts }: DashboardAccount): string {
  if (unknownCosts === 0) return formatCost(costUSD);
  return costUSD > 0 ? t('{0} and more', formatCost(costUSD)) : t('not known');
}

function pause({ cooldown }: DashboardAccount, now: number): TemplateResult | typeof nothing {
  if (!cooldown) return nothing;
  const left = Math.max(0, Date.parse(cooldown.until) - now);
  return html` <span class="quiet">${cooldown.cause}${left > 0 ? html`, ${t('{0} left', formatDuration(left))}` : nothing}</span>`;
}
