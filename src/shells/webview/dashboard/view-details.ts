import { html, nothing, type TemplateResult } from 'lit';
import { formatCost, formatCount, formatDuration, formatTime, formatTokens } from './format.ts';
import type { PageTask } from './state.ts';
import { lookOfTask } from './status.ts';
import { t } from './texts.ts';
import { elapsed } from './time.ts';
import { button, icon, problemBox, status, type ViewInput } from './view-parts.ts';

/** The task that was picked: what it is about, what it cost, what its agent writes. */
export function detailsView(input: ViewInput): TemplateResult {
  const { state, actions } = input;
  const task = state.selected === null ? undefined : state.tasks.get(state.selected);
  if (!task) {
    return html`<aside class="panel details hint-only" aria-label=${t('Details')}>
      <p class="note">${t('Pick a task to see what its agent writes.')}</p>
    </aside>`;
  }
  return html`<aside class="panel details" aria-labelledby="details-heading">
    <div class="panel-head">
      <h2 id="details-heading" tabindex="-1">${task.label}</h2>
      <button
        type="button"
        class="icon-button"
        title=${t('Close details')}
        aria-label=${t('Close details')}
        @click=${() => actions.selectTask(null)}
      >
        ${icon('close')}
      </button>
    </div>
    <p class="details-status">${status(lookOfTask(task.status))}</p>
    ${task.error ? problemBox(task.error) : nothing} ${factsOf(input, task)} ${textOf(input, task)}
  </aside>`;
}

function factsOf({ state, now }: ViewInput, task: PageTask): TemplateResult {
  const after = task.dependencies.map((id) => state.tasks.get(id)?.label ?? id);
  const whole = task.parentId === null ? null : (state.tasks.get(task.parentId)?.label ?? task.parentId);
  const facts: readonly (readonly [string, string])[] = [
    [t('Agent'), task.agent],
    [t('Account'), task.account ?? '–'],
    [t('Model'), task.model ?? '–'],
    [t('Started'), formatTime(task.startedAt)],
    [t('Duration'), formatDuration(elapsed(task, now))],
    [t('Tokens'), formatTokens(task.tokens)],
    [t('Cost'), formatCost(task.costUSD)],
    ...(whole === null ? [] : [[t('Part of'), whole] as const]),
    ...(task.sent + task.received === 0
      ? []
      : [[t('Messages'), t('{0} sent, {1} received', formatCount(task.sent), formatCount(task.received))] as const]),
    ...(after.length === 0 ? [] : [[t('After'), after.join(', ')] as const]),
  ];
  return html`<dl class="sheet">
    ${facts.map(([title, value]) => html`<dt>${title}</dt><dd>${value}</dd>`)}
  </dl>`;
}

function textOf({ actions }: ViewInput, task: PageTask): TemplateResult {
  const writing = task.status === 'running' || task.status === 'waiting';
  const none = writing ? t('Nothing yet.') : t('It wrote nothing.');
  return html`<div class="text-head">
      <h3 id="text-heading">${t('Text')}</h3>
      ${
        task.text === ''
          ? nothing
          : button(t('Copy'), { icon: 'copy', run: () => actions.send({ type: 'copy', text: task.text }) })
      }
    </div>
    ${
      task.text === ''
        ? html`<p class="note">${none}</p>`
        : html`<div class="text" role="region" tabindex="0" aria-labelledby="text-heading" data-follow=${writing ? 'end' : 'reader'}>${task.text}</div>`
    }`;
}
