import { html, nothing, type TemplateResult } from 'lit';
import { type DashboardRun, type DashboardRunRow, type PageMessage, TASKS_SHOWN } from '../../../protocol/dashboard.ts';
import { formatCost, formatCount, formatDuration, formatTime, formatTokens } from './format.ts';
import { place } from './place.ts';
import { lookOfRun } from './status.ts';
import { t } from './texts.ts';
import { detailsView } from './view-details.ts';
import { graphView } from './view-graph.ts';
import { button, emptyPage, icon, type PageActions, problemBox, status, type ViewInput } from './view-parts.ts';
import { timelineView } from './view-timeline.ts';
import { accountsView, agentsView } from './view-usage.ts';

/** The whole page. */
export function pageView(input: ViewInput): TemplateResult {
  return html`<main>
    <h1 class="visually-hidden">${t('Ensemble Dashboard')}</h1>
    ${content(input)}
  </main>`;
}

function content(input: ViewInput): TemplateResult {
  const { state, actions } = input;
  const log = button(t('Show Log'), {
    icon: 'output',
    run: () => actions.send({ type: 'command', command: 'showLog' }),
  });
  const retry = button(t('Try Again'), { icon: 'refresh', primary: true, run: () => actions.retry() });
  switch (state.phase) {
    case 'loading':
      return html`<p class="loading" role="status">${icon('loading', 'busy')}<span>${t('Loading…')}</span></p>`;
    case 'silent':
      return emptyPage({
        icon: 'debug-disconnect',
        title: t('No answer'),
        text: t('The extension does not answer. It may have stopped; reloading the window starts it again.'),
        buttons: [retry],
      });
    case 'problem':
      return emptyPage({
        icon: 'error',
        title: t('The runs cannot be shown'),
        text: [state.problem?.message, state.problem?.hint].filter(Boolean).join(' '),
        buttons: [retry, log],
      });
    case 'shown':
      return state.run ? runPage(input, state.run) : html`${noRuns(input)}${accountsIfAny(input)}`;
  }
}

/** Nothing has run here yet: what to do depends on what is missing. */
function noRuns({ state, actions }: ViewInput): TemplateResult {
  const offer = (text: string, command: Extract<PageMessage, { type: 'command' }>['command'], primary = false) =>
    button(text, { primary, run: () => actions.send({ type: 'command', command }) });
  if (!state.trusted) {
    return emptyPage({
      icon: 'shield',
      title: t('Restricted Mode'),
      text: t('Agents do not run here until you trust the folder. Nothing of it is sent to a model.'),
      buttons: [offer(t('Manage Workspace Trust'), 'manageTrust', true)],
    });
  }
  if (!state.hasAccounts) {
    return emptyPage({
      icon: 'organization',
      title: t('No runs yet'),
      text: t('Add the account of a model provider, or look first what the built-in rules find in the open file.'),
      buttons: [offer(t('Add Account...'), 'addAccount', true), offer(t('Try without a Key'), 'tryWithoutKey')],
    });
  }
  return emptyPage({
    icon: 'organization',
    title: t('No runs yet'),
    text: t('Start one, and watch here how the agents work.'),
    buttons: [
      offer(t('Review File'), 'reviewFile', true),
      offer(t('Review Workspace'), 'reviewWorkspace'),
      offer(t('Run Task...'), 'runTask'),
    ],
  });
}

function accountsIfAny(input: ViewInput): TemplateResult | typeof nothing {
  return (input.state.accounts?.length ?? 0) > 0 ? html`<div class="usage">${accountsView(input)}</div>` : nothing;
}

/** A run in one of these has stopped and can go on, or was ended on purpose. */
const CALM: ReadonlySet<string> = new Set(['interrupted', 'suspended', 'cancelled']);

function runPage(input: ViewInput, run: DashboardRun): TemplateResult {
  return html`${header(input, run)}
    ${run.error ? problemBox(run.error, CALM.has(run.status)) : nothing} ${questionsView(input, run)}
    ${pager(input, run)}
    <div class="work">
      ${graphView(input, run)} ${detailsView(input)}
    </div>
    ${timelineView(input)}
    <div class="usage">${accountsView(input)} ${agentsView(input, run)}</div>
    <p class="visually-hidden" role="status">
      ${t('{0} of {1} tasks done, {2}', formatCount(run.ended), formatCount(run.total), lookOfRun(run).text)}
    </p>`;
}

/** What agents ask the person, with the way to the answer: all of it is shown before anything is allowed. */
function questionsView({ actions }: ViewInput, { runId, questions }: DashboardRun): TemplateResult | typeof nothing {
  if (questions.length === 0) return nothing;
  return html`<section class="questions" aria-label=${t('Agents that wait for your decision')}>
    ${questions.map(
      ({ taskId, agent, text }) => html`<div class="problem calm question">
        ${icon('question')}
        <p>${t('{0} asks: {1}', agent, text)}</p>
        ${button(t('Answer...'), { primary: true, run: () => actions.send({ type: 'answer', runId, taskId }) })}
      </div>`,
    )}
  </section>`;
}

function header({ state, actions, now }: ViewInput, run: DashboardRun): TemplateResult {
  const went = run.durationMs ?? (run.active ? Math.max(0, now - Date.parse(run.startedAt)) : null);
  const facts: readonly (readonly [string, string])[] = [
    [t('Started'), formatTime(run.startedAt)],
    [t('Duration'), formatDuration(went)],
    [t('Tasks done'), t('{0} of {1}', formatCount(run.ended), formatCount(run.total))],
    ...(run.failed > 0 ? [[t('Failed'), formatCount(run.failed)] as const] : []),
    [t('Tokens'), formatTokens(run.tokens)],
    [t('Cost'), formatCost(run.costUSD)],
  ];
  const share = run.total === 0 ? 0 : run.ended / run.total;
  return html`<header class="run-head">
    <div class="run-line">
      <span class="picker">
        <select
          aria-label=${t('Run')}
          @change=${(event: Event) =>
            actions.send({ type: 'selectRun', runId: (event.target as HTMLSelectElement).value })}
        >
          ${withShown(state.runs, run).map(
            (each) =>
              html`<option value=${each.runId} ?selected=${each.runId === run.runId} .selected=${each.runId === run.runId}>${optionText(each)}</option>`,
          )}
        </select>
        ${icon('chevron-down')}
      </span>
      <div class="buttons">${runButtons(actions, run)}</div>
    </div>
    <div class="run-facts">
      ${status(lookOfRun(run))}
      <dl class="facts">
        ${facts.map(([title, value]) => html`<div><dt>${title}</dt><dd>${value}</dd></div>`)}
      </dl>
    </div>
    <div class="track progress" aria-hidden="true">
      <span class="bar tone-${lookOfRun(run).tone}" ${place({ left: '0', width: `${(share * 100).toFixed(2)}%` })}></span>
    </div>
  </header>`;
}

/** The run that is shown is in the list even if that is about other ones. */
function withShown(runs: readonly DashboardRunRow[], run: DashboardRun): readonly DashboardRunRow[] {
  return runs.some(({ runId }) => runId === run.runId) ? runs : [run, ...runs];
}

function optionText(run: DashboardRunRow): string {
  return `${run.title} · ${lookOfRun(run).text} · ${formatTime(run.startedAt)}`;
}

function runButtons(actions: PageActions, run: DashboardRun): TemplateResult[] {
  const { runId } = run;
  return [
    ...(run.active
      ? [button(t('Cancel Run'), { icon: 'debug-stop', run: () => actions.send({ type: 'cancelRun', runId }) })]
      : []),
    ...(run.resumable
      ? [
          button(t('Resume Run'), {
            icon: 'debug-continue',
            primary: true,
            run: () => actions.send({ type: 'resumeRun', runId }),
          }),
        ]
      : []),
    ...(run.hasResult
      ? [button(t('Open Result'), { icon: 'go-to-file', run: () => actions.send({ type: 'openResult', runId }) })]
      : []),
  ];
}

/** Which tasks of a long run are shown, and the way to the others. */
function pager({ actions }: ViewInput, run: DashboardRun): TemplateResult | typeof nothing {
  if (run.total <= TASKS_SHOWN) return nothing;
  const { offset, total } = run;
  const last = Math.min(total, offset + TASKS_SHOWN);
  const go = (to: number) => () => actions.send({ type: 'showTasks', offset: to });
  const step = (text: string, name: string, to: number) =>
    html`<vscode-button
      secondary
      icon=${name}
      ?disabled=${to < 0 || to >= total}
      aria-disabled=${to < 0 || to >= total}
      @click=${go(to)}
      >${text}</vscode-button
    >`;
  return html`<nav class="pager" aria-label=${t('Pages of tasks')}>
    <span>${t('Tasks {0} to {1} of {2}', formatCount(offset + 1), formatCount(last), formatCount(total))}</span>
    <div class="buttons">
      ${step(t('Previous'), 'arrow-left', offset - TASKS_SHOWN)} ${step(t('Next'), 'arrow-right', offset + TASKS_SHOWN)}
    </div>
  </nav>`;
}
