import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { formatCount, formatDuration, formatTime } from './format.ts';
import { type NestedTask, nested } from './nesting.ts';
import { place } from './place.ts';
import type { PageTask } from './state.ts';
import { lookOfTask } from './status.ts';
import { t } from './texts.ts';
import { elapsed, type TimeAxis, timeAxis } from './time.ts';
import { icon, section, status, table, type ViewInput } from './view-parts.ts';

/** When each task began and how long it took. */
export function timelineView(input: ViewInput): TemplateResult {
  const tasks = nested([...input.state.tasks.values()]);
  const begun = tasks.filter(({ task }) => task.startedAt !== null);
  const waiting = tasks.length - begun.length;
  return section(input, {
    id: 'timeline',
    title: t('Timeline'),
    note: waiting > 0 ? t('{0} tasks have not begun.', formatCount(waiting)) : undefined,
    picture: () => picture(input, begun),
    table: () =>
      timelineTable(
        input,
        begun.map(({ task }) => task),
      ),
  });
}

const percent = (fraction: number) => `${(fraction * 100).toFixed(3)}%`;

function picture(input: ViewInput, rows: readonly NestedTask[]): TemplateResult {
  const { state, actions, now } = input;
  const tasks = rows.map(({ task }) => task);
  const axis = timeAxis(tasks, now);
  const focusable = tasks.some(({ id }) => id === state.cursor.timeline) ? state.cursor.timeline : tasks[0]?.id;
  return html`<div class="timeline">
    <div class="axis" aria-hidden="true">
      <div class="ticks">
        ${axis.ticks.map(
          (tick) =>
            html`<span class="tick" ${place({ left: percent(tick / axis.length) })}>${tick === 0 ? '0' : formatDuration(tick)}</span>`,
        )}
      </div>
    </div>
    <ul class="bars">
      ${repeat(
        rows,
        ({ task }) => task.id,
        ({ task, level }) =>
          html`<li>
            <button
              type="button"
              class="bar-row"
              data-task=${task.id}
              aria-pressed=${state.selected === task.id}
              tabindex=${task.id === focusable ? 0 : -1}
              @click=${() => actions.selectTask(task.id)}
              @focus=${() => actions.moveCursor('timeline', task.id)}
              @keydown=${moveInList}
            >
              ${bar(task, level, axis, now)}
            </button>
          </li>`,
      )}
    </ul>
  </div>`;
}

function bar(task: PageTask, level: number, axis: TimeAxis, now: number): TemplateResult {
  const look = lookOfTask(task.status);
  const span = axis.spanOf(task) ?? { from: 0, length: 0 };
  const where = place({ left: percent(span.from), width: percent(span.length) });
  const indent = place({ 'padding-left': `${level * 14}px` });
  return html`<span class="bar-label" ${indent}>${icon(look.icon, look.tone)}<span class="ellipsis">${task.label}</span></span>
    <span class="visually-hidden">${inWords(task, axis)}</span>
    <span class="track"><span class="bar tone-${look.tone}" ${where}></span></span>
    <span class="bar-time">${formatDuration(elapsed(task, now))}</span>`;
}

/** What the bar says to those who see it. */
function inWords(task: PageTask, axis: TimeAxis): string {
  const began = formatDuration((axis.spanOf(task)?.from ?? 0) * axis.length);
  return t(', {0}, began after {1}, took', lookOfTask(task.status).text, began);
}

/** Up and down, Home and End walk through the rows. */
function moveInList(event: KeyboardEvent): void {
  const row = (event.currentTarget as HTMLElement).closest('li');
  const list = row?.parentElement;
  const to = {
    ArrowUp: row?.previousElementSibling,
    ArrowDown: row?.nextElementSibling,
    Home: list?.firstElementChild,
    End: list?.lastElementChild,
  }[event.key];
  if (!to) return;
  event.preventDefault();
  to.querySelector<HTMLElement>('button')?.focus();
}

function timelineTable({ now }: ViewInput, tasks: readonly PageTask[]): TemplateResult {
  const axis = timeAxis(tasks, now);
  return table<PageTask>(
    t('When each task began and how long it took'),
    [
      { title: t('Task'), cell: (task) => task.label },
      { title: t('Status'), cell: (task) => status(lookOfTask(task.status)) },
      { title: t('Started'), cell: (task) => formatTime(task.startedAt) },
      {
        title: t('After the start'),
        number: true,
        cell: (task) => formatDuration((axis.spanOf(task)?.from ?? 0) * axis.length),
      },
      { title: t('Duration'), number: true, cell: (task) => formatDuration(elapsed(task, now)) },
    ],
    tasks,
  );
}
