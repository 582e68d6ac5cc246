import assert from 'node:assert/strict';
import type { EnsembleEvent, EventBody } from '../../../../../src/core/events.ts';
import { NO_USAGE } from '../../../../../src/core/model.ts';
import type { OpenApproval } from '../../../../../src/core/policy/approval.ts';
import {
  type HostMessage,
  QUESTIONS_SHOWN,
  readHostMessage,
  TASKS_SHOWN,
} from '../../../../../src/protocol/dashboard.ts';
import { AgentsModel } from '../../../../../src/shells/vscode/views/agents-model.ts';
import { DashboardFeed, type DashboardSource } from '../../../../../src/shells/vscode/webview-host/dashboard-feed.ts';
import { accountRows } from '../../../../../src/shells/vscode/webview-host/dashboard-rows.ts';

const RUN = '01J00000000000000000000001';
const OTHER = '01J00000000000000000000002';

const event = (body: EventBody, runId = RUN): EnsembleEvent => ({
  ...body,
  schema: 1,
  runId,
  seq: 1,
  at: '2026-01-01T00:00:00.000Z',
});
const opened = (runId = RUN) =>
  event({ type: 'workflow:start', workflowId: null, workflowName: `Run ${runId.at(-1)}`, taskCount: 1 }, runId);
const added = (taskId: string, dependencies: readonly string[] = []) =>
  event({
    type: 'task:added',
    taskId,
    agentName: `${taskId}-agent`,
    description: '',
    priority: 5,
    dependencies,
    parentId: null,
  });
const began = (taskId: string) =>
  event({ type: 'task:start', taskId, agentName: `${taskId}-agent`, description: 'does it', priority: 5, attempt: 1 });
const wrote = (taskId: string, text: string) => event({ type: 'task:delta', taskId, attempt: 1, text });
const completed = (taskId: string) =>
  event({
    type: 'task:complete',
    taskId,
    agentName: `${taskId}-agent`,
    success: true,
    duration: 10,
    tokensUsed: 30,
    tokens: { ...NO_USAGE, input: 20, output: 10 },
    costUSD: 0.5,
  });

/** Timers that a test lets pass. */
class Timers {
  now = 0;
  #waiting: { readonly at: number; readonly task: () => void }[] = [];

  schedule = (task: () => void, ms: number) => {
    const timer = { at: this.now + ms, task };
    this.#waiting.push(timer);
    return () => {
      this.#waiting = this.#waiting.filter((each) => each !== timer);
    };
  };

  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await settled();
      const next = this.#waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.now = next.at;
      this.#waiting = this.#waiting.filter((each) => each !== next);
      next.task();
    }
    this.now = end;
  }

  get waiting(): number {
    return this.#waiting.length;
  }
}

/** Lets everything that has been promised happen. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function fixture(changes: Partial<DashboardSource> = {}) {
  const model = new AgentsModel();
  const timers = new Timers();
  const sent: HostMessage[] = [];
  const source: DashboardSource = {
    runs: async () => model.runs(),
    knownRuns: () => model.runs(),
    run: (runId) => model.run(runId),
    load: async () => undefined,
    active: () => new Set([RUN]),
    questions: () => [],
    accounts: async () => [],
    trusted: () => true,
    hasAccounts: () => true,
    ...changes,
  };
  const feed = new DashboardFeed(source, (message) => sent.push(message), timers.schedule);
  const apply = (...events: readonly EnsembleEvent[]) => {
    for (const each of events) {
      model.apply(each);
      feed.onEvent(each);
    }
  };
  const last = <T extends HostMessage['type']>(type: T) =>
    sent.findLast((message): message is Extract<HostMessage, { type: T }> => message.type === type);
  return { model, timers, sent, feed, apply, last };
}

describe('DashboardFeed', () => {
  it('tells what agents of the run that is shown ask, at once and never too long', async () => {
    const open: OpenApproval[] = [];
    const { timers, sent, feed, apply, last } = fixture({
      questions: (runId) => open.filter((question) => question.runId === runId),
    });
    const ask = (taskId: string, title: string, runId = RUN) =>
      open.push({
        ...{ runId, taskId, title, instanceId: taskId, attempt: 1, key: 'k', actionHash: 'h', details: ['All of it.'] },
        askedAt: '2026-01-01T00:00:00.000Z',
      });
    apply(opened(), added('a'), began('a'));
    ask('a', 'Run the tests?');
    ask('z', 'Of another run', OTHER);
    feed.show(null);
    await timers.pass(0);
    assert.deepEqual(last('snapshot')?.run?.questions, [{ taskId: 'a', agent: 'a-agent', text: 'Run the tests?' }]);
    ask('unknown', 'x'.repeat(100_000));
    for (let more = 0; more < 50; more++) ask('a', `Question ${more}`);
    feed.questionsChanged();
    await timers.pass(1000);
    const patch = last('patch');
    assert.equal(patch?.run?.questions.length, QUESTIONS_SHOWN);
    assert.equal(patch?.run?.questions[1]?.agent, 'unknown');
    assert.ok(readHostMessage(patch).ok);
    open.length = 0;
    feed.questionsChanged();
    await timers.pass(1000);
    assert.deepEqual(last('patch')?.run?.questions, []);
    feed.hide();
    const { length } = sent;
    feed.questionsChanged();
    await timers.pass(1000);
    assert.equal(sent.length, length, 'a hidden page is told nothing');
  });

  it('sends nothing before the page is there, then a snapshot', async () => {
    const { timers, sent, feed, apply, last } = fixture();
    apply(opened(), added('a'), began('a'), wrote('a', 'so far'));
    await timers.pass(1000);
    assert.deepEqual(sent, []);
    feed.show(null);
    await timers.pass(0);
    assert.equal(last('snapshot')?.run?.runId, RUN);
    assert.deepEqual(last('snapshot')?.texts, [{ id: 'a', text: 'so far', reset: true }]);
    assert.equal(last('snapshot')?.tasks[0]?.status, 'running');
  });

  it('sends at most ten messages a second while fifty agents write, and every word of them', async () => {
    const { timers, sent, feed, apply } = fixture();
    const ids = Array.from({ length: 50 }, (_, index) => `t${index}`);
    apply(opened(), ...ids.map((id) => added(id)), ...ids.map(began));
    feed.show(null);
    await timers.pass(500);
    const before = sent.length;
    let written = '';
    for (let turn = 0; turn < 500; turn++) {
      written += `${turn} `;
      apply(...ids.map((id) => wrote(id, `${turn} `)));
      await timers.pass(10);
    }
    await timers.pass(500);
    const seconds = 5.5;
    assert.ok(sent.length - before <= 10 * seconds, `${sent.length - before} messages in ${seconds} s`);
    const texts = new Map<string, string>();
    for (const message of sent) {
      assert.equal(readHostMessage(message).ok, true);
      for (const { id, text, reset } of message.type === 'problem' ? [] : (message.texts ?? [])) {
        texts.set(id, (reset ? text : (texts.get(id) ?? '') + text).slice(-2000));
      }
    }
    assert.deepEqual(
      [...texts.values()],
      ids.map(() => written.slice(-2000)),
    );
  });

  it('sends nothing while the page is hidden, and a new snapshot when it is shown again', async () => {
    const { timers, sent, feed, apply, last } = fixture();
    apply(opened(), added('a'));
    feed.show(null);
    await timers.pass(2000);
    feed.hide();
    const before = sent.length;
    apply(began('a'), wrote('a', 'unseen'), completed('a'));
    await timers.pass(2000);
    assert.equal(sent.length, before);
    assert.equal(timers.waiting, 0, 'no timer is left');
    feed.show(null);
    await timers.pass(0);
    assert.equal(last('snapshot')?.tasks[0]?.status, 'completed');
    assert.equal(last('snapshot')?.run?.succeeded, 1);
  });

  it('stops for good when it is disposed', async () => {
    const { timers, sent, feed, apply } = fixture();
    apply(opened(), added('a'));
    feed.show(null);
    feed.dispose();
    apply(began('a'));
    await timers.pass(5000);
    assert.deepEqual(sent, []);
    assert.equal(timers.waiting, 0);
  });

  it('follows the newest run, but stays with one that was picked', async () => {
    const { timers, feed, apply, last } = fixture();
    apply(opened());
    feed.show(null);
    await timers.pass(200);
    apply(opened(OTHER));
    feed.reload();
    await timers.pass(200);
    assert.equal(last('snapshot')?.run?.runId, OTHER);
    feed.select(RUN);
    await timers.pass(200);
    feed.reload();
    await timers.pass(200);
    assert.equal(last('snapshot')?.run?.runId, RUN);
  });

  it('shows the run that an earlier window showed, and the newest where that is gone', async () => {
    const { timers, feed, apply, last } = fixture();
    apply(opened(), opened(OTHER));
    feed.show(RUN);
    await timers.pass(0);
    assert.equal(last('snapshot')?.run?.runId, RUN);
    const gone = fixture();
    gone.apply(opened());
    gone.feed.show('forgotten');
    await gone.timers.pass(0);
    assert.equal(gone.last('snapshot')?.run?.runId, RUN);
  });

  it('takes back text that another call replaces', async () => {
    const { timers, feed, apply, last } = fixture();
    apply(opened(), added('a'), began('a'), wrote('a', 'first'));
    feed.show(null);
    await timers.pass(200);
    apply(event({ type: 'task:retry', taskId: 'a', attempt: 1, reason: 'limit', account: 'b' }), wrote('a', 'second'));
    await timers.pass(200);
    assert.deepEqual(last('patch') && 'texts' in last('patch')! ? last('patch')?.texts : null, [
      { id: 'a', text: 'second', reset: true },
    ]);
  });

  it('sends a long run by pages, its sums over all of it, and who works for whom', async () => {
    const { timers, feed, apply, last } = fixture();
    apply(opened());
    for (let at = 0; at < 10_000; at++) {
      const id = `t${at}`;
      apply(
        event({
          type: 'task:added',
          parentId: null,
          taskId: id,
          agentName: at < 5000 ? 'one' : 'two',
          description: '',
          priority: 5,
          dependencies: at < 5000 ? [] : [`t${at - 5000}`],
        }),
      );
      apply(event({ type: 'task:skipped', taskId: id, agentName: 'one', reason: 'x' }));
    }
    feed.show(null);
    await timers.pass(0);
    const first = last('snapshot');
    assert.equal(first?.tasks.length, TASKS_SHOWN);
    assert.equal(first?.run?.total, 10_000);
    assert.deepEqual(first?.run?.links, [[0, 1]]);
    assert.equal(first?.run?.agents[1]?.tasks, 5000);
    assert.ok(JSON.stringify(first).length < 200_000);
    feed.showTasks(9999);
    await timers.pass(200);
    assert.equal(last('snapshot')?.run?.offset, 9800);
    assert.equal(last('snapshot')?.tasks.at(-1)?.id, 't9999');
  });

  it('says what is wrong when the runs cannot be read', async () => {
    const { timers, feed, last } = fixture({ runs: () => Promise.reject(new Error('disk on fire')) });
    feed.show(null);
    await timers.pass(0);
    assert.deepEqual(last('problem'), { type: 'problem', message: 'disk on fire', hint: null });
  });

  it('reads the accounts at most once a second, and again when one has cooled down', async () => {
    let reads = 0;
    const until = new Date(Date.now() + 30_000).toISOString();
    const status = {
      name: 'a',
      provider: 'xai',
      endpoint: 'api.x.ai',
      enabled: true,
      state: 'cooling' as const,
      cooldown: { cause: 'rate-limited', until },
      restingModels: [],
      freeAt: until,
      limits: [],
      headroom: 0,
      inFlight: 0,
      queued: 0,
    };
    const { timers, feed, apply, last } = fixture({
      accounts: async () => {
        reads++;
        return accountRows([status], []);
      },
    });
    apply(opened(), added('a'));
    feed.show(null);
    for (let turn = 0; turn < 20; turn++) {
      apply(began('a'));
      await timers.pass(100);
    }
    assert.ok(reads <= 3, `${reads} reads in two seconds`);
    assert.equal(last('patch')?.accounts?.[0]?.state, 'cooling');
    await timers.pass(2000);
    const before = reads;
    await timers.pass(31_000);
    assert.equal(reads, before + 1);
  });
});
