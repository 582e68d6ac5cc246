import { render } from 'lit';
import * as z from 'zod/mini';
import { ERROR_SHOWN, type PageMessage, readHostMessage } from '../../../protocol/dashboard.ts';
import { initialState, keptOf, type PageState, receive, type SectionId } from './state.ts';
import { pageView } from './view-page.ts';
import type { PageActions } from './view-parts.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
};

/** How long the extension may take to answer before the page says that nobody does, ms. */
const ANSWER_WITHIN_MS = 15_000;
const SECOND_MS = 1000;
/** Text that is at most this far from its end is kept at its end, px. */
const NEAR_END = 24;

// The page's policy forbids code from text; without this zod would try it once and be refused.
z.config({ jitless: true });

const editor = acquireVsCodeApi();
const root = document.getElementById('dashboard') ?? document.body;
const { wanted, ...first } = initialState(editor.getState());
let state: PageState = first;
let drawing = false;
let answerTimer = 0;

function change(next: PageState): void {
  state = next;
  if (state.run) editor.setState(keptOf(state));
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(draw);
}

/** Draws the state. Text that is being written is shown from its end, and stays there unless the reader scrolls up. */
function draw(): void {
  drawing = false;
  const before = [...root.querySelectorAll('[data-follow]')];
  const left = before.filter((text) => text.scrollHeight - text.scrollTop - text.clientHeight >= NEAR_END);
  render(pageView({ state, actions, now: Date.now() }), root);
  for (const text of root.querySelectorAll('[data-follow]')) {
    const atEnd = before.includes(text) ? !left.includes(text) : text.getAttribute('data-follow') === 'end';
    if (atEnd) text.scrollTop = text.scrollHeight;
  }
}

function askForSnapshot(runId: string | null): void {
  editor.postMessage({ type: 'ready', runId });
  clearTimeout(answerTimer);
  answerTimer = window.setTimeout(() => change({ ...state, phase: 'silent' }), ANSWER_WITHIN_MS);
}

function toggled(sections: ReadonlySet<SectionId>, section: SectionId): ReadonlySet<SectionId> {
  const next = new Set(sections);
  if (!next.delete(section)) next.add(section);
  return next;
}

const actions: PageActions = {
  send: (message) => editor.postMessage(message),
  selectTask(id) {
    const before = state.selected;
    change({ ...state, selected: id });
    requestAnimationFrame(() => {
      const target = id === null ? `[data-node="${CSS.escape(before ?? '')}"]` : '#details-heading';
      root.querySelector<HTMLElement>(target)?.focus();
    });
  },
  moveCursor(section, id) {
    if (state.cursor[section] !== id) change({ ...state, cursor: { ...state.cursor, [section]: id } });
  },
  toggleTable: (section) => change({ ...state, asTable: toggled(state.asTable, section) }),
  retry() {
    change({ ...state, phase: 'loading' });
    askForSnapshot(state.run?.runId ?? wanted);
  },
};

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const received = readHostMessage(event.data);
  if (!received.ok) {
    editor.postMessage({ type: 'rejected', reason: received.reason.slice(0, ERROR_SHOWN) });
    return;
  }
  clearTimeout(answerTimer);
  change(receive(state, received.message));
});

root.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && state.selected !== null) actions.selectTask(null);
});

window.setInterval(() => {
  const cooling = state.accounts?.some(({ cooldown }) => cooldown !== null) ?? false;
  if (state.run?.active || cooling) change(state);
}, SECOND_MS);

change(state);
askForSnapshot(wanted);
