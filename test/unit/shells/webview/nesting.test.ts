import assert from 'node:assert/strict';
import { flowOf, nested } from '../../../../src/shells/webview/dashboard/nesting.ts';
import { sampleTask } from '../../../support/dashboard-samples.ts';

const page = (id: string, parentId: string | null = null, dependencies: readonly string[] = []) => ({
  ...sampleTask(id, { parentId, dependencies: [...dependencies] }),
  text: '',
});

describe('tasks of super-agents on the Dashboard', () => {
  it('stand right below the task that they are a part of, at any depth', () => {
    const rows = nested([page('a'), page('b'), page('a.1', 'a'), page('a.2', 'a'), page('a.1.x', 'a.1')]);
    assert.deepEqual(
      rows.map(({ task, level }) => `${level} ${task.id}`),
      ['0 a', '1 a.1', '2 a.1.x', '1 a.2', '0 b'],
    );
  });

  it('stand on the first level when their super-agent is on another page', () => {
    assert.deepEqual(
      nested([page('b'), page('a.1', 'a')]).map(({ level }) => level),
      [0, 0],
    );
  });

  it('come from what they depend on, else from their super-agent; what follows that comes after its last parts', () => {
    const flow = flowOf([page('a'), page('a.1', 'a'), page('a.2', 'a', ['a.1']), page('b', null, ['a']), page('c')]);
    assert.deepEqual(Object.fromEntries(flow), { a: [], 'a.1': ['a'], 'a.2': ['a.1'], b: ['a.2'], c: [] });
  });
});
