import assert from 'node:assert/strict';
import { NodeWorkspace } from '../../../../../src/adapters/files/node-workspace.ts';
import { createOfflineProvider } from '../../../../../src/adapters/providers/offline/offline-provider.ts';
import type { AgentTask } from '../../../../../src/core/agents/types.ts';
import type { Json } from '../../../../../src/core/json.ts';
import type { Message } from '../../../../../src/core/model.ts';
import type { TaskInput } from '../../../../../src/core/ports.ts';
import type { TaskResult } from '../../../../../src/core/results.ts';
import { concludeReview } from '../../../../../src/core/review/conclude-review.ts';
import { findingsSchema } from '../../../../../src/core/review/findings-schema.ts';
import { gatherTarget, reportOf } from '../../../../../src/core/review/gather.ts';
import { findingsContext } from '../../../../../src/core/review/merge-findings.ts';
import { planReview } from '../../../../../src/core/review/plan-review.ts';
import { completed, NO_BUDGET } from '../../../core/review/samples.ts';

const ROOT = new URL('../../../../../', import.meta.url).pathname;

/** Where the sample project has mistakes: file, line, category. */
const PLANTED: readonly (readonly [string, number, string])[] = [
  ['jobs/import_orders.py', 11, 'security'],
  ['jobs/import_orders.py', 14, 'correctness'],
  ['jobs/import_orders.py', 25, 'correctness'],
  ['jobs/import_orders.py', 27, 'security'],
  ['jobs/import_orders.py', 33, 'security'],
  ['jobs/import_orders.py', 34, 'correctness'],
  ['jobs/import_orders.py', 46, 'correctness'],
  ['server.ts', 11, 'security'],
  ['server.ts', 15, 'security'],
  ['server.ts', 20, 'security'],
  ['server.ts', 24, 'performance'],
  ['server.ts', 24, 'security'],
  ['server.ts', 34, 'security'],
  ['server.ts', 43, 'security'],
  ['server.ts', 48, 'security'],
  ['src/accounts.ts', 15, 'correctness'],
  ['src/accounts.ts', 23, 'documentation'],
  ['src/accounts.ts', 32, 'security'],
  ['src/accounts.ts', 36, 'security'],
  ['src/orders.ts', 19, 'correctness'],
  ['src/orders.ts', 25, 'documentation'],
  ['src/orders.ts', 25, 'tests'],
  ['src/orders.ts', 29, 'performance'],
  ['src/orders.ts', 37, 'correctness'],
  ['src/orders.ts', 42, 'correctness'],
  ['src/orders.ts', 43, 'correctness'],
  ['src/orders.ts', 53, 'correctness'],
  ['src/orders.ts', 56, 'correctness'],
  ['test/orders.test.js', 5, 'tests'],
  ['test/orders.test.js', 9, 'tests'],
  ['test/orders.test.js', 14, 'tests'],
];

/** The whole review of the sample by the offline provider, without engine and pool. */
async function reviewSample() {
  const { signal } = new AbortController();
  const workspace = await NodeWorkspace.open(ROOT, { trusted: false });
  const gathered = await gatherTarget({ type: 'paths', paths: ['media/sample'] }, workspace, signal);
  const specs = planReview(gathered, { depth: 'standard', call: NO_BUDGET });
  const provider = createOfflineProvider();
  const tasks: TaskResult[] = [];
  for (const spec of specs) {
    const task = spec.payload as unknown as AgentTask;
    const inputs = tasks.map(
      ({ id, agent, description, output }): TaskInput => ({
        taskId: id,
        agent,
        description,
        status: 'completed',
        output,
      }),
    );
    const known = task.context === 'findings' ? `${findingsContext(inputs, task.detail)}\n\n` : '';
    const messages: Message[] = [{ role: 'user', content: known + task.prompt }];
    const responseSchema = task.output === null ? null : { name: task.output, schema: {} };
    let text = '';
    for await (const part of provider.stream(
      { model: 'rules', messages, maxTokens: 1, temperature: null, responseSchema, cacheKey: '' },
      signal,
    )) {
      if (part.type === 'text') text += part.text;
    }
    const output = task.output === null ? text : (findingsSchema.parse(JSON.parse(text)) as unknown as Json);
    tasks.push(completed(spec, output, 'offline/rules'));
  }
  return { gathered, ...concludeReview({ tasks, specs, gathered: reportOf(gathered), llm: false }) };
}

describe('the sample project', () => {
  it('has the planted mistakes found at their lines, and nothing else', async () => {
    const { findings } = await reviewSample();
    const found = findings.map(({ file, startLine, category }) =>
      [file.replace('media/sample/', ''), startLine, category].join(' '),
    );
    assert.deepEqual(found.sort(), PLANTED.map((one) => one.join(' ')).sort());
  });

  it('has every quote in the file, at the lines that are named', async () => {
    const { findings } = await reviewSample();
    const workspace = await NodeWorkspace.open(ROOT, { trusted: false });
    for (const { file, quote, startLine, endLine } of findings) {
      const { bytes } = await workspace.readFile(file, 100_000);
      const lines = new TextDecoder()
        .decode(bytes)
        .split('\n')
        .slice(startLine - 1, endLine);
      assert.ok(lines.join('\n').includes(quote), `${file}:${startLine} ${quote}`);
    }
  });

  it('is covered completely, with a report that says how', async () => {
    const { coverage, markdown, gathered } = await reviewSample();
    assert.equal(coverage.complete, true);
    assert.equal(coverage.reviewed.length + coverage.skipped.length, gathered.files.length + gathered.skipped.length);
    assert.match(markdown, /31 findings/);
    assert.match(markdown, /Start here:/);
    assert.match(markdown, /README\.md/);
  });

  it('leaks no secret into the report', async () => {
    const { markdown, findings } = await reviewSample();
    assert.ok(!`${markdown}${JSON.stringify(findings)}`.includes('Cheese&Wine'));
  });
});
