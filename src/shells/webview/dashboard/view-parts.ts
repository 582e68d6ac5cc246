import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { DashboardProblem, PageMessage } from '../../../protocol/dashboard.ts';
import type { PageState, SectionId } from './state.ts';
import type { Look } from './status.ts';
import { t } from './texts.ts';

/** What a person can do on the page. */
export interface PageActions {
  /** Asks the extension for something. */
  send(message: PageMessage): void;
  selectTask(id: string | null): void;
  /** The Tab key shall lead to this element of a picture. */
  moveCursor(section: SectionId, id: string): void;
  toggleTable(section: SectionId): void;
  /** Asks for a snapshot again. */
  retry(): void;
}

/** What every view gets. */
export interface ViewInput {
  readonly state: PageState;
  readonly actions: PageActions;
  /** Epoch ms, for what is still going on. */
  readonly now: number;
}

/** A codicon; the text beside it says the same. */
export function icon(name: string, tone = ''): TemplateResult {
  return html`<span class="codicon codicon-${name} ${tone && `tone-${tone}`}" aria-hidden="true"></span>`;
}

/** A state as picture and word. */
export function status(look: Look): TemplateResult {
  return html`<span class="status">${icon(look.icon, look.tone)}<span>${look.text}</span></span>`;
}

/** A button with an icon and a text. */
export function button(
  text: string,
  { icon: name, primary = false, run }: { readonly icon?: string; readonly primary?: boolean; run(): void },
): TemplateResult {
  return html`<vscode-button ?secondary=${!primary} icon=${name ?? nothing} @click=${run}>${text}</vscode-button>`;
}

/** One part of the page: a heading, the switch between picture and table, and one of the two. */
export function section(
  input: ViewInput,
  parts: {
    readonly id: SectionId;
    readonly title: string;
    readonly note?: string | undefined;
    readonly picture: () => TemplateResult;
    readonly table: () => TemplateResult;
  },
): TemplateResult {
  const { state, actions } = input;
  const { id, title, note } = parts;
  const asTable = state.asTable.has(id);
  const heading = `${id}-heading`;
  return html`<section class="panel panel-${id}" aria-labelledby=${heading}>
    <div class="panel-head">
      <h2 id=${heading}>${title}</h2>
      <button
        type="button"
        class="switch"
        aria-pressed=${asTable}
        aria-describedby=${heading}
        @click=${() => actions.toggleTable(id)}
      >
        ${icon('table')}<span>${t('Show as table')}</span>
      </button>
    </div>
    ${note === undefined ? nothing : html`<p class="note">${note}</p>`}
    ${asTable ? parts.table() : parts.picture()}
  </section>`;
}

/** A cell of a {@link table}; numbers stand to the right. */
export interface Column<T> {
  readonly title: string;
  readonly number?: boolean;
  cell(row: T): unknown;
}

/** The table twin of a picture. It scrolls by itself where it does not fit, so it can be focused. */
export function table<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[]): TemplateResult {
  const kind = (column: Column<T>) => (column.number ? 'number' : '');
  return html`<div class="scroll" role="region" tabindex="0" aria-label=${caption}>
    <table>
      <caption>${caption}</caption>
      <thead>
        <tr>${columns.map((column) => html`<th scope="col" class=${kind(column)}>${column.title}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column, at) =>
                at === 0
                  ? html`<th scope="row">${column.cell(row)}</th>`
                  : html`<td class=${kind(column)}>${column.cell(row)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** What went wrong and what to do; `calm`: it only stopped, and nothing is lost. */
export function problemBox({ message, hint }: DashboardProblem, calm = false): TemplateResult {
  return html`<div class=${calm ? 'problem calm' : 'problem'}>
    ${calm ? icon('info') : icon('error', 'bad')}
    <p>${message}${hint === null ? nothing : html` ${hint}`}</p>
  </div>`;
}

/** A page without content: what it is about, and what to do now. */
export function emptyPage(look: {
  readonly icon: string;
  readonly title: string;
  readonly text: string;
  readonly buttons: readonly TemplateResult[];
}): TemplateResult {
  return html`<div class="empty">
    <span class="codicon codicon-${look.icon} empty-icon" aria-hidden="true"></span>
    <h2>${look.title}</h2>
    <p>${look.text}</p>
    ${look.buttons.length === 0 ? nothing : html`<div class="buttons">${look.buttons}</div>`}
  </div>`;
}
