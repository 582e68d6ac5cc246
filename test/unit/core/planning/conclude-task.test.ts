import assert from 'node:assert/strict';
import { NO_USAGE } from '../../../../src/core/model.ts';
import { concludeTask } from '../../../../src/core/planning/conclude-task.ts';
import type { TaskResult } from '../../../../src/core/results.ts';

function task(id: string, change: Partial<TaskResult> = {}): TaskResult {
  return {
    id,
    instanceId: id,
    parentId: null,
    agent: 'coder',
    description: `Do ${id}`,
    status: 'completed',
    dependencies: [],
    attempts: [],
    tokens: NO_USAGE,
    costUSD: 0,
    startedAt: null,
    durationMs: 1,
    output: `Output of ${id}`,
    error: null,
    ...change,
  };
}

const FAILED = {
  status: 'failed',
  output: null,
  error: { code: 'provider-failed', message: 'It broke.', hint: 'Try later.' },
} as const;

describe('concludeTask', () => {
  it('is what the aggregator wrote', () => {
    const { markdown } = concludeTask([
      task('plan', { output: { subtasks: [] } }),
      task('a'),
      task('aggregate', { output: '# Answer' }),
    ]);
    assert.equal(markdown, '# Answer');
  });

  it('is the answer of the one agent of a task that was not split', () => {
    assert.equal(concludeTask([task('answer', { output: '# Direct' })]).markdown, '# Direct');
    assert.equal(concludeTask([task('answer', FAILED)]).markdown, '# Not done\n\nIt broke. Try later.');
    const split = concludeTask([task('plan'), task('answer'), task('aggregate', { output: '# Merged' })]);
    assert.equal(split.markdown, '# Merged');
  });

  it('says what the answer does not cover', () => {
    const { markdown } = concludeTask([
      task('plan'),
      task('a'),
      task('b', FAILED),
      task('c', { status: 'skipped', output: null }),
      task('aggregate'),
    ]);
    assert.match(
      markdown,
      /^Output of aggregate\n\n## Not covered\n\n- \*\*Do b\*\* \(b\): It broke\. Try later\.\n- \*\*Do c\*\* \(c\): It was skipped\.$/,
    );
  });

  it('gives the results one by one where they were not merged', () => {
    const { markdown } = concludeTask([task('plan'), task('a'), task('b', FAILED), task('aggregate', FAILED)]);
    assert.match(
      markdown,
      /^# Incomplete result\n\n1 of 2 sub-tasks completed; their results were not merged\. It broke\./,
    );
    assert.match(markdown, /## Do a\n\nOutput of a\n\n## Do b\n\nIt broke\. Try later\.$/);
  });

  it('says why there was no plan', () => {
    assert.match(concludeTask([task('plan', FAILED)]).markdown, /^# Not done\n\n.*It broke\. Try later\.$/);
    assert.match(concludeTask([task('plan', { status: 'running', output: null })]).markdown, /It was not finished\.$/);
  });
});
