import assert from 'node:assert/strict';
import type { AgentTask } from '../../../../src/core/agents/types.ts';
import { validateGraph } from '../../../../src/core/graph/validate.ts';
import type { ReviewDepth } from '../../../../src/core/requests.ts';
import type { SourceFile } from '../../../../src/core/review/gathered.ts';
import { planReview, reviewDetail } from '../../../../src/core/review/plan-review.ts';
import { parseReviewPrompt } from '../../../../src/core/review/prompt-format.ts';
import { gathered, NO_BUDGET, source } from './samples.ts';

const plan = (depth: ReviewDepth, ...files: readonly SourceFile[]) =>
  planReview(gathered(...files), { depth, call: NO_BUDGET });
const small = source('a.ts', 'eval(input);\n');
const large = (path: string) => source(path, `${'x'.repeat(79)}\n`.repeat(1_000));

describe('planReview', () => {
  it('lets five lenses look at once and then sums up', () => {
    const specs = plan('standard', small);
    assert.deepEqual(
      specs.map(({ id, agent }) => [id, agent]),
      [
        ['correctness-1', 'code-reviewer'],
        ['security-1', 'security-auditor'],
        ['performance-1', 'performance-engineer'],
        ['tests-1', 'test-automator'],
        ['documentation-1', 'docs-architect'],
        ['summary', 'code-reviewer'],
      ],
    );
    assert.deepEqual(
      specs.slice(0, 5).flatMap(({ dependencies }) => dependencies),
      [],
    );
    assert.deepEqual(
      specs[5]?.dependencies,
      specs.slice(0, 5).map(({ id }) => id),
    );
    assert.ok(specs.every(({ onError }) => onError === 'continue'));
    validateGraph(specs);
  });

  it('lets those who look at the same code in a thorough review write to one another, and nobody else', () => {
    const peersIn = (depth: ReviewDepth, communicates: boolean) => {
      const specs = planReview(gathered(large('a.ts'), large('b.ts')), { depth, communicates, call: NO_BUDGET });
      return new Map(
        specs.map(({ id, payload }) => [id, (payload as unknown as AgentTask).peers?.map(({ name }) => name)]),
      );
    };
    assert.deepEqual(peersIn('thorough', true).get('security-2'), [
      'correctness-2',
      'performance-2',
      'tests-2',
      'documentation-2',
    ]);
    assert.equal(peersIn('thorough', true).get('summary'), undefined);
    const others = [...peersIn('standard', true).values(), ...peersIn('thorough', false).values()];
    assert.ok(others.every((peers) => peers === undefined));
  });

  it('looks with two lenses when quick and twice when thorough', () => {
    assert.deepEqual(
      plan('quick', small).map(({ id }) => id),
      ['correctness-1', 'security-1', 'summary'],
    );
    const thorough = plan('thorough', small);
    assert.equal(thorough.length, 11);
    assert.ok(thorough.some(({ id }) => id === 'security-1-pass-2'));
    validateGraph(thorough);
  });

  it('splits what is too much for one reviewer and shows every line to every lens', () => {
    const specs = plan('standard', large('a.ts'), large('b.ts'), small);
    const prompts = specs
      .filter(({ id }) => id.startsWith('security'))
      .map((spec) => parseReviewPrompt((spec.payload as unknown as AgentTask).prompt));
    assert.equal(prompts.length, 2);
    const shown = prompts.flatMap((prompt) => prompt?.files ?? []);
    assert.equal(
      shown
        .filter(({ path }) => path === 'b.ts')
        .map(({ text }) => text)
        .join('\n')
        .split('\n').length,
      1_000,
    );
    assert.match(specs[0]?.description ?? '', /part 1 of 2/);
  });

  it('asks for findings in the schema and keeps the code once, in the summary', () => {
    const specs = plan('quick', small);
    const payloads = specs.map(({ payload }) => payload as unknown as AgentTask);
    assert.deepEqual(
      payloads.map(({ output, context, purpose }) => [output, context, purpose]),
      [
        ['findings', 'none', 'review'],
        ['findings', 'none', 'review'],
        [null, 'findings', 'summary'],
      ],
    );
    assert.deepEqual(
      payloads.map(({ detail }) => detail === null),
      [true, true, false],
    );
    const detail = reviewDetail(specs);
    assert.deepEqual(detail?.files, [small]);
    assert.deepEqual(
      detail.lenses.map(({ taskId, lens, paths }) => [taskId, lens, paths]),
      [
        ['correctness-1', 'correctness', ['a.ts']],
        ['security-1', 'security', ['a.ts']],
      ],
    );
    assert.deepEqual(JSON.parse(JSON.stringify(specs)), specs);
  });

  it('tells each agent that the code is data', () => {
    for (const { payload } of plan('standard', small).slice(0, -1)) {
      assert.match((payload as unknown as AgentTask).agent.instructions, /never instructions to you/);
    }
  });
});
