import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import { createEnsemble } from '../../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../../src/core/config.ts';
import type { ProviderCall, StreamPart } from '../../../../src/core/model.ts';
import type { SpanRecord } from '../../../../src/core/tracing/span.ts';
import { MemoryWorkspace } from '../../../contract/memory-workspace.ts';
import { answer, FakeProvider, failure } from '../../../support/fake-provider.ts';
import { teamAnswers } from '../../../support/pipeline-answers.ts';
import { account } from '../../../support/pool-fixture.ts';

/** What the vendors and the agents did, counted where they did it. */
interface Counted {
  calls: number;
  /** Results of tools that models were given, each once. */
  readonly tools: Set<string>;
  messages: number;
}

/** A world of two accounts whose models do as `script` says, with every interaction counted. */
async function world(script: (call: ProviderCall, count: number) => StreamPart[], files: Record<string, string> = {}) {
  const counted: Counted = { calls: 0, tools: new Set(), messages: 0 };
  const provider = new FakeProvider((call) => {
    counted.calls++;
    for (const message of call.messages) if (message.role === 'tool') counted.tools.add(message.toolCallId);
    const parts = script(call, counted.calls);
    for (const part of parts) {
      if (part.type === 'text') counted.messages += part.text.match(/<AGENT_MESSAGE /g)?.length ?? 0;
    }
    return parts;
  });
  const ensemble = await createEnsemble({
    config: { ...DEFAULT_CONFIG, accounts: [account('one'), account('two')] },
    storage: openMemoryStorage(),
    workspace: new MemoryWorkspace(files),
    secrets: { get: async () => 'sk-canary-one-0123456789abcdef', set: async () => {}, delete: async () => {} },
    approver: { ask: async () => true },
    providerFor: async () => provider,
  });
  return { ensemble, counted };
}

function countOf(spans: readonly SpanRecord[], kind: SpanRecord['kind']): number {
  return spans.filter((span) => span.kind === kind).length;
}

describe('every interaction has a span', () => {
  it('of a team with tools, faults and rework', async () => {
    const answers = teamAnswers({ quality: [{ verdict: 'unclear' }] });
    const { ensemble, counted } = await world(
      (call, count) => {
        // Every seventh call fails, and every agent looks around before it answers.
        if (count % 7 === 0) return failure('overloaded', { status: 529, retryAfterMs: 0 });
        const looked = call.messages.some(({ role }) => role === 'tool');
        if (call.tools && !looked) {
          const ids = [`${count}-a`, `${count}-b`];
          return [
            { type: 'tool-call', call: { id: ids[0] ?? '', name: 'read-file', arguments: '{"path":"README.md"}' } },
            { type: 'tool-call', call: { id: ids[1] ?? '', name: 'read-file', arguments: '{"path":"none.md"}' } },
            { type: 'finish', reason: 'tool-calls', model: null },
          ];
        }
        return answer(answers(call.messages.map(({ content }) => content).join('\n')));
      },
      { 'README.md': '# Words\n' },
    );
    const request = { kind: 'pipeline', requirement: 'Count words.', paths: [], rounds: 1 } as const;
    const { runId } = await (await ensemble.start(request)).result;
    const spans = await ensemble.traces.ofRun(runId);
    assert.ok(counted.calls >= 8 && counted.tools.size >= 4, JSON.stringify([counted.calls, counted.tools.size]));
    assert.equal(countOf(spans, 'call'), counted.calls);
    assert.equal(countOf(spans, 'tool'), counted.tools.size);
    assert.ok(spans.some(({ kind, errorType }) => kind === 'tool' && errorType === 'tool-failed'));
    assert.ok(spans.some(({ kind, errorType }) => kind === 'call' && errorType === 'overloaded'));
  });

  it('of agents that write to each other', async () => {
    const part = (id: string) => ({
      id,
      title: id,
      description: `Do ${id}`,
      role: 'coder',
      complexity: 'simple',
      dependencies: [],
    });
    const { ensemble, counted } = await world((call) => {
      if (call.responseSchema?.name === 'plan') return answer(JSON.stringify({ subtasks: [part('a'), part('b')] }));
      const text = call.messages.map(({ content }) => content).join('\n');
      if (!/Do a/.test(text) || /Do b[\s\S]*Do a|aggregat/i.test(text)) return answer('Done.');
      return answer(
        '<AGENT_MESSAGE to="b">Use tabs.</AGENT_MESSAGE>\n<AGENT_MESSAGE to="*">I have begun.</AGENT_MESSAGE>\nDone.',
      );
    });
    const base = { kind: 'run', task: 'Write a guide', context: null, maxSubTasks: 5, saveDocument: false } as const;
    const { runId } = await (await ensemble.start({ ...base, strategy: 'parallel' })).result;
    const spans = await ensemble.traces.ofRun(runId);
    assert.equal(countOf(spans, 'call'), counted.calls);
    const { messages } = await ensemble.runs.get(runId);
    assert.ok(counted.messages >= 2 && messages.length >= 2, JSON.stringify([counted.messages, messages.length]));
    assert.equal(countOf(spans, 'message'), counted.messages);
    const report = await ensemble.traces.report({ since: null, runId });
    assert.equal(
      report.agents.reduce((sum, one) => sum + one.messages, 0),
      counted.messages,
    );
  });

  it('of steps of a workflow that write to each other', async () => {
    let told = '';
    const { ensemble, counted } = await world((call) => {
      const text = call.messages.map(({ content }) => content).join('\n');
      if (text.includes('Your sub-task: Design the database schema') && !told)
        return answer('Tables.\n<AGENT_MESSAGE to="*">Ids are ULIDs.</AGENT_MESSAGE>');
      if (text.includes('Ids are ULIDs.')) told = text;
      return answer('Done.');
    });
    const request = {
      kind: 'workflow',
      workflow: 'fullstack-dev',
      params: { projectType: 'shop', features: ['cart'] },
    } as const;
    const { runId, status, tasks } = await (await ensemble.start(request)).result;
    assert.equal(status, 'completed');
    const { messages } = await ensemble.runs.get(runId);
    assert.equal(messages.length, counted.messages);
    if (messages.length === 0) assert.fail(tasks.map(({ id, description }) => `${id}: ${description}`).join('\n'));
    assert.match(told, /Message 1 from [\s\S]*Ids are ULIDs\./);
    const spans = await ensemble.traces.ofRun(runId);
    assert.equal(countOf(spans, 'message'), counted.messages);
    assert.equal(countOf(spans, 'call'), counted.calls);
    await ensemble.runs.replay(runId, new AbortController().signal);
  });

  it('of a pipeline whose stages write to later ones, by tool alone: a tag in what they hand over is data', async () => {
    const answers = teamAnswers({});
    let sent = 0;
    let heard = '';
    const { ensemble } = await world((call) => {
      const text = call.messages.map(({ content }) => content).join('\n');
      const isManager = text.includes('Your job is to say what is wanted');
      if (text.includes('No dependencies, please.') && !isManager) heard = text;
      if (isManager && sent++ === 0) {
        const input = { to: 'design', content: 'No dependencies, please.' };
        return [
          { type: 'tool-call', call: { id: 'm1', name: 'send-message', arguments: JSON.stringify(input) } },
          { type: 'finish', reason: 'tool-calls', model: null },
        ];
      }
      return answer(answers(text));
    });
    const request = { kind: 'pipeline', requirement: 'Count words.', paths: [], rounds: 0 } as const;
    const { runId, status } = await (await ensemble.start(request)).result;
    assert.equal(status, 'completed');
    assert.match(heard, /Message 1 from requirements: data[\s\S]*No dependencies, please\./);
    const spans = await ensemble.traces.ofRun(runId);
    assert.equal(countOf(spans, 'message'), 1);
    await ensemble.runs.replay(runId, new AbortController().signal);
  });

  it('of a task that is handed over, accepted and refused', async () => {
    const subtasks = [
      { id: 'a', title: 'a', description: 'Do a', role: 'coder', complexity: 'simple', dependencies: [] },
    ];
    let asked = 0;
    const { ensemble, counted } = await world(
      (call) => {
        if (call.responseSchema?.name === 'plan') return answer(JSON.stringify({ subtasks }));
        const targets = ['nobody', 'coder', 'tester'];
        const target = targets[asked++];
        if (!call.tools || target === undefined) return answer('Done.');
        const input = { target, description: 'The rest', context: '', priority: 5 };
        return [
          { type: 'tool-call', call: { id: `h${asked}`, name: 'handoff', arguments: JSON.stringify(input) } },
          { type: 'finish', reason: 'tool-calls', model: null },
        ];
      },
      { 'README.md': '# Words\n' },
    );
    const base = { kind: 'run', task: 'Write a guide', context: null, maxSubTasks: 5, saveDocument: false } as const;
    const { runId, tasks } = await (await ensemble.start({ ...base, strategy: 'parallel' })).result;
    const { handoffs = [], agent } = tasks.find(({ id }) => id === 'a') ?? assert.fail();
    assert.equal(agent, 'tester');
    const spans = await ensemble.traces.ofRun(runId);
    assert.ok(handoffs.length >= 1);
    assert.equal(countOf(spans, 'handoff'), handoffs.length);
    assert.equal(countOf(spans, 'call'), counted.calls);
    // The call that was accepted gives no result to the model that asked.
    assert.equal(countOf(spans, 'tool') + countOf(spans, 'handoff'), counted.tools.size + 1);
  });
});
