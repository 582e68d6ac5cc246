import assert from 'node:assert/strict';
import type { TaskProjection } from '../../../../../src/core/engine/journal-entry.ts';
import { NO_USAGE } from '../../../../../src/core/model.ts';
import type { Finding, RunResult } from '../../../../../src/core/results.ts';
import { composeResult } from '../../../../../src/shells/vscode/results/compose-result.ts';

const TASK: TaskProjection = {
  instanceId: 'security',
  parentId: null,
  taskId: 'security',
  agent: 'security reviewer',
  description: 'looks for holes',
  status: 'completed',
  dependencies: [],
  attempt: 1,
  attempts: [
    { account: 'grok-1', model: 'xai/grok-4', outcome: 'completed', tokens: NO_USAGE, costUSD: 0.01, latencyMs: 5 },
  ],
  tokens: { ...NO_USAGE, input: 1000, output: 234 },
  costUSD: 0.0123,
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 4100,
  output: { note: 'has ``` in it' },
  error: null,
};

const RESULT: RunResult = {
  schema: 1,
  runId: '01JABCDEFGHJKMNPQRSTVWXYZ0',
  kind: 'review',
  workflow: 'code-review',
  llm: true,
  status: 'completed',
  result: '# Review\n\nA hole at src/a.ts:3.',
  tasks: [],
  totals: { tasks: 1, succeeded: 1, failed: 0, skipped: 0, tokens: NO_USAGE, costUSD: 0, durationMs: 1 },
  documentId: 1,
  findings: [{ file: 'src/a.ts', startLine: 3 } as Finding],
  error: null,
};

const record = { title: 'Review of a.ts', status: 'completed', error: null } as const;
const linkTo = (file: string, line: number) => `file:///w/${file}#L${line}`;

describe('composeResult', () => {
  it('shows what the agents wrote to one another, and what nobody has read', () => {
    const sent = { fromInstance: 'a', receivers: null, sentAt: '2026-01-01T00:00:00.000Z', inReplyTo: null };
    const read = [{ instanceId: 'b', at: '2026-01-01T00:00:01.000Z' }];
    const text = composeResult({
      record,
      tasks: [TASK],
      result: RESULT,
      linkTo,
      messages: [
        { ...sent, id: 1, from: 'a', to: '*', kind: 'broadcast', content: '# not a heading\n```\n', deliveries: read },
        { ...sent, id: 2, from: 'b', to: 'a', kind: 'response', content: 'yes', inReplyTo: 1, deliveries: [] },
      ],
    });
    assert.match(text, /### 1\. a → everybody: broadcast\n\n````text\n# not a heading/);
    assert.match(text, /### 2\. b → a: response to message 1, not read/);
  });

  it('is the result with links, and who did what', () => {
    const text = composeResult({ record, tasks: [TASK], result: RESULT, linkTo });
    assert.ok(text.startsWith('# Review\n\nA hole at [src/a.ts:3][1].'), text);
    assert.ok(text.endsWith('\n\n[1]: file:///w/src/a.ts#L3\n'), 'addresses come last');
    assert.ok(
      text.includes(
        '- **looks for holes**: completed, 4.1 s, $0.012, 1.2k tokens, security reviewer, grok-1, xai/grok-4\n',
      ),
    );
  });

  it('puts parts below their super-agent, with what they used, who handed over and what guardrails said', () => {
    const small = { ...TASK, attempts: [], tokens: NO_USAGE, costUSD: null, durationMs: null, output: null };
    const handoffs = [
      { from: 'generalist', to: 'coder', description: 'x', priority: 5, accepted: true, reason: null },
      { from: 'coder', to: 'tester', description: 'x', priority: 5, accepted: false, reason: 'no' },
    ];
    const tasks: TaskProjection[] = [
      { ...small, taskId: 'whole', description: 'whole', agent: 'super-agent' },
      { ...small, taskId: 'last', description: 'last', agent: 'aggregator', notices: ['Guardrail: too long.'] },
      {
        ...{ ...small, taskId: 'whole.part', parentId: 'whole', description: 'part', agent: 'coder', handoffs },
        tools: [{ tool: 'read-file', calls: 2, failed: 0 }],
      },
      { ...small, taskId: 'orphan', parentId: 'gone', description: 'orphan', agent: 'coder' },
    ];
    const text = composeResult({ record, tasks, result: RESULT, linkTo });
    const lines = [
      '- **whole**: completed, super-agent',
      '  - **part**: completed, generalist → coder, 2 tool calls',
      '- **last**: completed, aggregator',
      '  - Guardrail: too long.',
      '- **orphan**: completed, coder',
    ];
    assert.ok(text.includes(`## Agents\n\n${lines.join('\n')}\n`), text);
  });

  it('has a title of its own where the result has none', () => {
    const text = composeResult({ record, tasks: [], result: { ...RESULT, result: 'Just text.' }, linkTo });
    assert.equal(text, '# Review of a.ts\n\nJust text.\n');
  });

  it('says first what has happened since', () => {
    const text = composeResult({ record, tasks: [], result: RESULT, linkTo, note: '> **The tests pass**' });
    assert.ok(text.startsWith('> **The tests pass**\n\n# Review\n'), text);
  });

  it('says why a run did not complete', () => {
    const error = { code: 'budget-refused', message: 'The budget is used up.', hint: 'Raise it.' } as const;
    const text = composeResult({ record, tasks: [], result: { ...RESULT, status: 'failed', error }, linkTo });
    assert.match(text, /> This run is failed: The budget is used up\. Raise it\./);
  });

  it('shows what the agents of a stopped run have said so far', () => {
    const stopped = { ...record, status: 'interrupted' } as const;
    const text = composeResult({ record: stopped, tasks: [TASK], result: null, linkTo });
    assert.match(text, /> This run is interrupted\./);
    assert.match(text, /## security reviewer: looks for holes/);
    assert.match(text, /````json\n[\s\S]*has ``` in it[\s\S]*\n````/, 'the fence is longer than any inside');
  });
});
