import assert from 'node:assert/strict';
import type { EnsembleEvent, EventBody } from '../../../../../src/core/events.ts';
import { NO_USAGE } from '../../../../../src/core/model.ts';
import { displayWidth } from '../../../../../src/shells/cli/layout.ts';
import { createProgress } from '../../../../../src/shells/cli/progress/progress.ts';
import { NO_PROGRESS, progressAfter } from '../../../../../src/shells/cli/progress/progress-state.ts';
import { renderProgress } from '../../../../../src/shells/cli/progress/render-progress.ts';
import { createStyle } from '../../../../../src/shells/cli/style.ts';
import { FakeHost } from '../fake-host.ts';

const START = Date.UTC(2026, 0, 31, 12);

function event(body: EventBody, after = 0): EnsembleEvent {
  return { schema: 1, runId: 'R', seq: 1, at: new Date(START + after).toISOString(), ...body };
}

const started = event({
  type: 'workflow:start',
  workflowId: 'code-review',
  workflowName: 'Review of src',
  taskCount: 2,
});
const added = (taskId: string) =>
  event({
    type: 'task:added',
    parentId: null,
    taskId,
    agentName: 'auditor',
    description: `About ${taskId}`,
    priority: 5,
    dependencies: [],
  });
const start = (taskId: string) =>
  event({ type: 'task:start', taskId, agentName: 'auditor', description: `About ${taskId}`, priority: 5, attempt: 1 });
const invoke = (taskId: string) =>
  event({ type: 'agent:invoke', taskId, agentName: 'auditor', model: 'xai/grok-4', maxTokens: 100, account: 'grok-1' });
const delta = (taskId: string, text: string) => event({ type: 'task:delta', taskId, attempt: 1, text });
const complete = (taskId: string, costUSD: number | null = 0.01) =>
  event({
    type: 'task:complete',
    taskId,
    agentName: 'auditor',
    success: true,
    duration: 2000,
    tokensUsed: 1500,
    tokens: { ...NO_USAGE, input: 1500 },
    costUSD,
  });

const frame = { columns: 80, rows: 24, now: START + 5000, style: createStyle(false) };
const fold = (...events: EnsembleEvent[]) => events.reduce(progressAfter, NO_PROGRESS);

describe('progress', () => {
  it('shows each agent with model, account, tokens and time', () => {
    const state = fold(
      started,
      added('security'),
      added('summary'),
      start('security'),
      invoke('security'),
      delta('security', 'x'.repeat(400)),
    );
    const [head = '', security = '', summary = ''] = renderProgress(state, frame);
    assert.match(head, /^Review of src {2}0\/2 done {2}100 tokens {2}0:05$/);
    assert.match(security, /security +auditor, grok-4 on grok-1 +~100 +0:05/);
    assert.match(summary, /○ summary +auditor, waiting/);
  });

  it('sums tokens and cost, and does not show a cost it does not know', () => {
    assert.match(
      renderProgress(fold(started, start('a'), complete('a'), start('b'), complete('b')), frame)[0] ?? '',
      /2\/2 done {2}3\.0k tokens {2}\$0\.02/,
    );
    assert.match(
      renderProgress(fold(started, start('a'), complete('a', null), complete('b')), frame)[0] ?? '',
      /unknown/,
    );
  });

  it('replaces what a broken attempt had shown', () => {
    const state = fold(
      started,
      start('a'),
      invoke('a'),
      delta('a', 'x'.repeat(4000)),
      event({ type: 'task:retry', taskId: 'a', attempt: 2, reason: 'rate-limited', account: 'grok-2' }),
    );
    assert.equal(state.tasks.get('a')?.tokens, 0);
    assert.match(renderProgress(state, frame)[1] ?? '', /↻ a +rate-limited/);
  });

  it('says what holds the run up as long as it does', () => {
    const until = new Date(START + 10_000).toISOString();
    const state = fold(started, event({ type: 'account:cooldown', account: 'grok-1', cause: 'rate-limited', until }));
    assert.equal(renderProgress(state, frame).at(-1), '  ! grok-1 pauses (rate-limited)');
    assert.ok(!renderProgress(state, { ...frame, now: START + 10_000 }).some((line) => line.includes('pauses')));
  });

  it('keeps to the screen however many tasks there are, those at work first', () => {
    const names = Array.from({ length: 200 }, (_, index) => `reviewer of a part with a long name, number ${index}`);
    const state = fold(started, ...names.map(added), start(names[150] ?? ''), invoke(names[150] ?? ''));
    const lines = renderProgress(state, { ...frame, columns: 40, rows: 10 });
    assert.ok(lines.length < 10);
    assert.ok(lines.every((line) => displayWidth(line) < 40));
    assert.ok(lines.some((line) => /[⠋-⠿] reviewer/.test(line)));
    assert.match(lines.at(-1) ?? '', /and 194 more/);
  });

  it('writes plain lines, one per change, where nothing can be redrawn', () => {
    const host = new FakeHost();
    const progress = createProgress(host, 'lines');
    for (const one of [started, added('a'), start('a'), invoke('a'), delta('a', 'x'), complete('a')])
      progress.onEvent(one);
    progress.onEvent(event({ type: 'notice', message: 'odd\u001b[2J\nthing' }));
    progress.stop();
    assert.equal(
      host.stderr.text,
      'Review of src: started, run R\na: xai/grok-4 on grok-1\na: done, 1.5k tokens, 2.0 s\nnotice: odd thing\n',
    );
  });

  it('says nothing when quiet', () => {
    const host = new FakeHost({ tty: true });
    const progress = createProgress(host, 'quiet');
    progress.onEvent(started);
    progress.say('x');
    progress.stop();
    assert.equal(host.stderr.text, '');
  });

  it('takes the live display away and gives cursor and line wrap back', async () => {
    const host = new FakeHost({ tty: true });
    const progress = createProgress(host, 'live');
    progress.onEvent(started);
    assert.ok(host.stderr.text.includes('Review of src'));
    assert.ok(
      await progress.aside(
        async () => !host.stderr.text.endsWith('\u001b[?7l') && host.stderr.text.endsWith('\u001b[?25h'),
      ),
    );
    progress.say('stays');
    progress.stop();
    progress.stop();
    const { text } = host.stderr;
    assert.ok(text.endsWith('\u001b[?7h\u001b[?25h'));
    assert.ok(text.lastIndexOf('stays\n') > 0);
    assert.equal(text.split('\u001b[?25l').length, text.split('\u001b[?25h').length);
  });
});
