import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EnsembleEvent, EventBody } from '../../../../../src/core/events.ts';
import { NO_USAGE } from '../../../../../src/core/model.ts';
import { RunProgress } from '../../../../../src/shells/vscode/runs/progress.ts';

function event(body: EventBody): EnsembleEvent {
  return { ...body, schema: 1, runId: 'r', seq: 1, at: '2026-01-01T00:00:00.000Z' };
}

const error = { code: 'task-failed', message: 'no', hint: null } as const;
const of = {
  added: (taskId: string) =>
    event({
      type: 'task:added',
      taskId,
      agentName: taskId,
      description: '',
      priority: 5,
      dependencies: [],
      parentId: null,
    }),
  start: (taskId: string) =>
    event({ type: 'task:start', taskId, agentName: taskId, description: '', priority: 5, attempt: 1 }),
  complete: (taskId: string) =>
    event({
      type: 'task:complete',
      taskId,
      agentName: taskId,
      success: true,
      duration: 1,
      tokensUsed: 0,
      tokens: NO_USAGE,
      costUSD: 0,
    }),
  retry: (taskId: string) => event({ type: 'task:error', taskId, agentName: taskId, error, willRetry: true }),
  fail: (taskId: string) => event({ type: 'task:error', taskId, agentName: taskId, error, willRetry: false }),
  skip: (taskId: string) => event({ type: 'task:skipped', taskId, agentName: taskId, reason: 'x' }),
};

describe('RunProgress', () => {
  it('counts ended tasks and names those at work', () => {
    const progress = new RunProgress();
    for (const id of ['a', 'b', 'c', 'd']) progress.apply(of.added(id));
    progress.apply(of.start('a'));
    assert.deepEqual(progress.apply(of.start('b')), { increment: 0, ended: 0, total: 4, working: ['a', 'b'] });
    assert.deepEqual(progress.apply(of.complete('a')), { increment: 25, ended: 1, total: 4, working: ['b'] });
    assert.deepEqual(progress.apply(of.retry('b')), { increment: 0, ended: 1, total: 4, working: [] });
    assert.deepEqual(progress.apply(of.fail('b')), { increment: 25, ended: 2, total: 4, working: [] });
    assert.deepEqual(progress.apply(of.skip('c')), { increment: 25, ended: 3, total: 4, working: [] });
  });

  it('goes on where a resumed run was', () => {
    const progress = new RunProgress([
      { taskId: 'a', ended: true },
      { taskId: 'b', ended: false },
    ]);
    progress.apply(of.start('b'));
    assert.deepEqual(progress.apply(of.complete('b')), { increment: 50, ended: 2, total: 2, working: [] });
  });

  it('shows nothing for events that are not about the state of tasks', () => {
    const progress = new RunProgress();
    assert.equal(progress.apply(event({ type: 'notice', message: 'x' })), null);
    assert.equal(progress.apply(event({ type: 'task:delta', taskId: 'a', attempt: 1, text: 'x' })), null);
  });

  it('never goes back and ends at 100 when all tasks have ended, however the graph grows', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.tuple(fc.constantFrom('added', 'start', 'complete', 'retry', 'fail', 'skip'), id);
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const progress = new RunProgress();
        let percent = 0;
        for (const [kind, taskId] of steps) {
          const shown = progress.apply(of[kind as keyof typeof of](taskId));
          assert.ok(shown && shown.increment >= 0 && shown.ended <= shown.total);
          percent += shown.increment;
        }
        assert.ok(percent <= 100.000001);
        for (const taskId of ['a', 'b', 'c', 'd']) percent += progress.apply(of.complete(taskId))?.increment ?? 0;
        assert.ok(Math.abs(percent - 100) < 0.000001);
      }),
    );
  });
});
