import assert from 'node:assert/strict';
import type { TaskProjection } from '../../../../../src/core/engine/journal-entry.ts';
import type { EnsembleEvent, EventBody } from '../../../../../src/core/events.ts';
import { NO_USAGE } from '../../../../../src/core/model.ts';
import { elementId, parseElement, TEXT_LIMIT } from '../../../../../src/shells/vscode/views/agent-views.ts';
import { AgentsModel } from '../../../../../src/shells/vscode/views/agents-model.ts';
import type { StoredRun } from '../../../../../src/shells/vscode/views/stored-views.ts';

const RUN = '01J00000000000000000000001';

function event(body: EventBody, runId = RUN): EnsembleEvent {
  return { ...body, schema: 1, runId, seq: 1, at: '2026-01-01T00:00:00.000Z' };
}

const added = (taskId: string): EnsembleEvent =>
  event({
    type: 'task:added',
    parentId: null,
    taskId,
    agentName: `${taskId}-agent`,
    description: `does ${taskId}`,
    priority: 5,
    dependencies: [],
  });
const began = (taskId: string): EnsembleEvent =>
  event({
    type: 'task:start',
    taskId,
    agentName: `${taskId}-agent`,
    description: `does ${taskId}`,
    priority: 5,
    attempt: 1,
  });
const invoked = (taskId: string): EnsembleEvent =>
  event({
    type: 'agent:invoke',
    taskId,
    agentName: `${taskId}-agent`,
    model: 'xai/grok-4',
    maxTokens: 4096,
    account: 'grok-1',
  });
const completed = (taskId: string, costUSD: number | null): EnsembleEvent =>
  event({
    type: 'task:complete',
    taskId,
    agentName: `${taskId}-agent`,
    success: true,
    duration: 1200,
    tokensUsed: 300,
    tokens: { ...NO_USAGE, input: 200, output: 100 },
    costUSD,
  });
const opened = event({ type: 'workflow:start', workflowId: null, workflowName: 'Review of a.ts', taskCount: 2 });

function stored(status: StoredRun['status'], runId = RUN): StoredRun {
  return {
    runId,
    title: 'Stored title',
    kind: 'review',
    status,
    tokens: { ...NO_USAGE, input: 10, output: 5 },
    costUSD: 0.5,
    error: null,
    taskCount: 4,
    succeeded: 3,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:02.500Z',
  };
}

function storedTask(taskId: string, status: TaskProjection['status']): TaskProjection {
  const tokens = { ...NO_USAGE, input: 10, output: 5 };
  return {
    instanceId: taskId,
    parentId: null,
    taskId,
    agent: `${taskId}-agent`,
    description: 'stored',
    status,
    dependencies: ['x'],
    attempt: 1,
    attempts: [
      { account: 'first', model: 'xai/old', outcome: 'rate-limited', tokens: NO_USAGE, costUSD: 0, latencyMs: 1 },
      { account: 'second', model: 'xai/grok-4', outcome: 'completed', tokens, costUSD: 0.1, latencyMs: 1 },
    ],
    tokens,
    costUSD: 0.1,
    startedAt: null,
    durationMs: 70,
    output: null,
    error: null,
  };
}

describe('element ids', () => {
  it('come apart as they were put together', () => {
    assert.deepEqual(parseElement(elementId(RUN, null)), { runId: RUN, taskId: null });
    assert.deepEqual(parseElement(elementId(RUN, 'a/b')), { runId: RUN, taskId: 'a/b' });
  });
});

describe('AgentsModel', () => {
  it('follows a task from added to completed and sums the run', () => {
    const model = new AgentsModel();
    for (const each of [opened, added('a'), added('b'), began('a'), invoked('a'), completed('a', 0.25)])
      model.apply(each);
    assert.deepEqual(model.task(RUN, 'a'), {
      taskId: 'a',
      agent: 'a-agent',
      description: 'does a',
      status: 'completed',
      account: 'grok-1',
      model: 'xai/grok-4',
      tokens: 300,
      costUSD: 0.25,
      durationMs: 1200,
      dependencies: [],
      startedAt: '2026-01-01T00:00:00.000Z',
      parentId: null,
      text: '',
      messages: { sent: 0, received: 0 },
      attempts: 1,
      tools: [],
      handoffs: [],
      notices: [],
      error: null,
    });
    const run = model.run(RUN);
    assert.equal(run?.title, 'Review of a.ts');
    assert.equal(run?.taskCount, 2);
    assert.equal(run?.succeeded, 1);
    assert.equal(run?.tokens, 300);
    assert.equal(run?.costUSD, 0.25);
  });

  it('does not know what a run costs while one of its tasks has no known price', () => {
    const model = new AgentsModel();
    for (const each of [opened, added('a'), completed('a', 0.25), added('b'), completed('b', null)]) model.apply(each);
    assert.equal(model.run(RUN)?.costUSD, null);
    assert.equal(model.run(RUN)?.tokens, 600);
  });

  it('tells which elements changed', () => {
    const model = new AgentsModel();
    assert.equal(model.apply(opened), null, 'a new run changes the list');
    assert.deepEqual(model.apply(added('a')), [RUN, `${RUN}/a`], 'a new task changes its run');
    assert.deepEqual(model.apply(began('a')), [`${RUN}/a`]);
    assert.deepEqual(model.apply(event({ type: 'task:delta', taskId: 'a', attempt: 1, text: 'x' })), []);
    assert.deepEqual(model.apply(completed('a', 0)), [RUN, `${RUN}/a`], 'an ended task changes the sums of its run');
    assert.deepEqual(model.apply(event({ type: 'notice', message: 'x' })), []);
  });

  it('keeps the end of what an agent writes, and takes back what another call replaces', () => {
    const model = new AgentsModel();
    const delta = (text: string) => event({ type: 'task:delta', taskId: 'a', attempt: 1, text });
    for (const each of [opened, added('a'), began('a'), delta('one '), delta('two')]) model.apply(each);
    assert.equal(model.task(RUN, 'a')?.text, 'one two');
    model.apply(event({ type: 'task:retry', taskId: 'a', attempt: 1, reason: 'limit', account: 'grok-2' }));
    assert.equal(model.task(RUN, 'a')?.text, '');
    assert.equal(model.task(RUN, 'a')?.account, 'grok-2');
    model.apply(delta('x'.repeat(TEXT_LIMIT)));
    model.apply(delta('end'));
    assert.equal(model.task(RUN, 'a')?.text.length, TEXT_LIMIT);
    assert.ok(model.task(RUN, 'a')?.text.endsWith('xend'));
  });

  it('has the text of a stored answer', () => {
    const model = new AgentsModel();
    model.loadRun(stored('completed'));
    const tasks = [
      { ...storedTask('a', 'completed'), output: 'plain' },
      { ...storedTask('b', 'completed'), output: { findings: [] } },
    ];
    model.loadTasks(RUN, { tasks, messages: [] }, false);
    assert.equal(model.task(RUN, 'a')?.text, 'plain');
    assert.equal(model.task(RUN, 'b')?.text, '{\n  "findings": []\n}');
  });

  it('takes a run of 10,000 tasks in without walking through all of them for each event', () => {
    const model = new AgentsModel();
    model.apply(opened);
    for (let at = 0; at < 10_000; at++) {
      model.apply(added(`t${at}`));
      model.apply(completed(`t${at}`, 1));
    }
    assert.equal(model.run(RUN)?.tokens, 3_000_000);
    assert.equal(model.run(RUN)?.succeeded, 10_000);
  });

  it('keeps a failed task that is repeated from looking failed', () => {
    const model = new AgentsModel();
    const error = { code: 'task-timeout', message: 'took too long', hint: null } as const;
    for (const each of [opened, added('a'), began('a')]) model.apply(each);
    model.apply(event({ type: 'task:error', taskId: 'a', agentName: 'a-agent', error, willRetry: true }));
    assert.equal(model.task(RUN, 'a')?.status, 'ready');
    model.apply(event({ type: 'task:error', taskId: 'a', agentName: 'a-agent', error, willRetry: false }));
    assert.equal(model.task(RUN, 'a')?.status, 'failed');
    assert.deepEqual(model.task(RUN, 'a')?.error, error);
  });

  it('takes the final state of the run from its results', () => {
    const model = new AgentsModel();
    model.apply(opened);
    const summary = {
      totalTasks: 1,
      successfulTasks: 1,
      failedTasks: 0,
      skippedTasks: 0,
      totalTokens: 9,
      totalDuration: 800,
      totalCostUSD: null,
    };
    model.apply(event({ type: 'workflow:complete', summary }));
    assert.equal(model.run(RUN)?.durationMs, 800);
    assert.equal(model.run(RUN)?.costUSD, null);
    assert.equal(model.run(RUN)?.tokens, 9);
  });

  it('puts the parts of a super-agent below its task, live and stored', () => {
    const model = new AgentsModel();
    for (const each of [opened, added('a'), added('b')]) model.apply(each);
    assert.deepEqual(model.parts(RUN, null), ['a', 'b']);
    const part = { agentName: 'x', description: '', priority: 5, dependencies: [], parentId: 'a' } as const;
    model.apply(event({ type: 'task:added', taskId: 'a.1', ...part }));
    assert.deepEqual([model.parts(RUN, null), model.parts(RUN, 'a'), model.parts(RUN, 'b')], [['a', 'b'], ['a.1'], []]);
    model.loadRun(stored('completed'));
    const tasks = [storedTask('a', 'completed'), { ...storedTask('a.1', 'completed'), parentId: 'a' }];
    model.loadTasks(RUN, { tasks, messages: [] }, false);
    assert.deepEqual([model.parts(RUN, null), model.parts(RUN, 'a')], [['a'], ['a.1']]);
  });

  it('counts the messages of a task, live and stored', () => {
    const message = { id: 1, from: 'a', to: 'b', kind: 'data', content: 'x', inReplyTo: null, reason: null } as const;
    const model = new AgentsModel();
    for (const each of [opened, added('a'), added('b')]) model.apply(each);
    const tell = (phase: 'sent' | 'delivered' | 'refused', taskId: string) =>
      model.apply(event({ type: 'agent:message', phase, taskId, agentName: 'x', ...message }));
    tell('sent', 'a');
    tell('refused', 'a');
    tell('delivered', 'b');
    assert.deepEqual(model.task(RUN, 'a')?.messages, { sent: 1, received: 0 });
    assert.deepEqual(model.task(RUN, 'b')?.messages, { sent: 0, received: 1 });
    model.loadRun(stored('completed'));
    const delivery = { instanceId: 'b', at: '2026-01-01T00:00:00.000Z' };
    const { reason: _, ...rest } = message;
    const kept = { ...rest, fromInstance: 'a', receivers: ['b'], sentAt: delivery.at, deliveries: [delivery] };
    const tasks = [storedTask('a', 'completed'), storedTask('b', 'completed')];
    model.loadTasks(RUN, { tasks, messages: [kept] }, false);
    assert.deepEqual(model.task(RUN, 'a')?.messages, { sent: 1, received: 0 });
    assert.deepEqual(model.task(RUN, 'b')?.messages, { sent: 0, received: 1 });
  });

  it('knows tools, handoffs and attempts of a task, the same live and stored', () => {
    const model = new AgentsModel();
    const agentName = 'a-agent';
    const used = (ok: boolean) => {
      const call = { taskId: 'a', agentName, callId: 'tool-1', tool: 'read-file' } as const;
      model.apply(event({ type: 'tool:call', ...call, arguments: '{"path":"a.ts"}' }));
      const result = event({ type: 'tool:result', ...call, ok, characters: 4, error: ok ? null : 'gone' });
      assert.deepEqual(model.apply(result), [`${RUN}/a`], 'its line counts the calls');
    };
    const handoff = {
      from: agentName,
      to: 'coder',
      description: 'the rest',
      priority: 5,
      accepted: true,
      reason: null,
    };
    for (const each of [opened, added('a'), began('a')]) model.apply(each);
    used(true);
    used(false);
    model.apply(event({ type: 'agent:handoff', taskId: 'a', agentName, ...handoff }));
    const live = model.task(RUN, 'a');
    assert.equal(live?.agent, 'coder');
    assert.deepEqual(live?.tools, [{ tool: 'read-file', calls: 2, failed: 1 }]);
    assert.deepEqual(live?.handoffs, [handoff]);

    model.loadRun(stored('completed'));
    const kept = { tools: live?.tools ?? [], handoffs: live?.handoffs ?? [], notices: ['too long'] };
    model.loadTasks(RUN, { tasks: [{ ...storedTask('a', 'completed'), ...kept, attempt: 2 }], messages: [] }, false);
    const { tools, handoffs, notices, attempts } = model.task(RUN, 'a') ?? {};
    assert.deepEqual({ tools, handoffs, notices, attempts }, { ...kept, attempts: 2 });
  });

  it('shows stored runs, newest first, and their tasks with the account that served them', () => {
    const model = new AgentsModel();
    model.loadRun(stored('completed', '01J00000000000000000000001'));
    model.loadRun(stored('interrupted', '01J00000000000000000000002'));
    assert.deepEqual(
      model.runs().map((run) => run.runId),
      ['01J00000000000000000000002', '01J00000000000000000000001'],
    );
    assert.equal(model.run(RUN)?.tasks, null);
    assert.equal(model.run(RUN)?.taskCount, 4);
    assert.equal(model.run(RUN)?.durationMs, 2500);
    model.loadTasks(RUN, { tasks: [storedTask('a', 'completed'), storedTask('b', 'failed')], messages: [] }, false);
    assert.equal(model.run(RUN)?.taskCount, 2);
    assert.equal(model.run(RUN)?.succeeded, 1);
    assert.equal(model.run(RUN)?.costUSD, 0.5, 'the stored sum stays');
    assert.equal(model.task(RUN, 'a')?.account, 'second');
    assert.equal(model.task(RUN, 'a')?.tokens, 15);
  });

  it('lets events win over what was read from the database while the run goes on, and not afterwards', () => {
    const model = new AgentsModel();
    for (const each of [opened, added('a'), began('a')]) model.apply(each);
    model.loadRun(stored('running'));
    model.loadTasks(RUN, { tasks: [storedTask('a', 'ready'), storedTask('b', 'pending')], messages: [] }, true);
    assert.equal(model.run(RUN)?.title, 'Stored title');
    assert.equal(model.task(RUN, 'a')?.status, 'running');
    assert.equal(model.task(RUN, 'b')?.status, 'pending');
    model.loadTasks(RUN, { tasks: [storedTask('a', 'completed')], messages: [] }, false);
    assert.equal(model.task(RUN, 'a')?.status, 'completed');
    assert.equal(model.task(RUN, 'b'), null);
  });

  it('forgets runs that are no longer listed', () => {
    const model = new AgentsModel();
    model.loadRun(stored('completed', 'a'));
    model.loadRun(stored('completed', 'b'));
    model.keep(new Set(['b']));
    assert.deepEqual(
      model.runs().map((run) => run.runId),
      ['b'],
    );
  });
});
