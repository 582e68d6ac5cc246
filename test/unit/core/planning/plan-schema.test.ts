import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePlan, planSchema } from '../../../../src/core/planning/plan-schema.ts';

const EXACT = {
  subtasks: [
    { id: 'a', title: 'A', description: 'Do a', role: 'coder', complexity: 'simple', dependencies: [], split: false },
    {
      id: 'b',
      title: 'B',
      description: 'Do b',
      role: 'tester',
      complexity: 'complex',
      dependencies: ['a'],
      split: false,
    },
  ],
};

describe('planSchema', () => {
  it('takes an exact plan as it is, also a second time', () => {
    assert.deepEqual(planSchema.parse(EXACT), EXACT);
    assert.deepEqual(parsePlan(planSchema.parse(EXACT)), EXACT);
  });

  it('brings near misses into shape', () => {
    const near = [
      { name: 'First', instructions: 'Do it', agent: 'coder', difficulty: 'Easy' },
      { id: 2, title: 'Second', description: 'Then this', depends_on: ['First', 'First'] },
      { id: 'x', prompt: 'Line one\nline two', dependencies: 2, complexity: 'HIGH' },
    ];
    const expected = {
      subtasks: [
        {
          id: 'task-1',
          title: 'First',
          description: 'Do it',
          role: 'coder',
          complexity: 'simple',
          dependencies: [],
          split: false,
        },
        {
          id: '2',
          title: 'Second',
          description: 'Then this',
          role: 'generalist',
          complexity: 'medium',
          dependencies: ['task-1'],
          split: false,
        },
        {
          id: 'x',
          title: 'Line one',
          description: 'Line one\nline two',
          role: 'generalist',
          complexity: 'complex',
          dependencies: ['2'],
          split: false,
        },
      ],
    };
    for (const form of [near, { tasks: near }, { plan: { subtasks: near } }, { sub_tasks: near }]) {
      assert.deepEqual(planSchema.parse(form), expected);
    }
  });

  it('refuses what is no plan', () => {
    for (const bad of [
      null,
      'text',
      {},
      [],
      { subtasks: [] },
      { subtasks: ['a'] },
      { subtasks: [{}] },
      { plan: { plan: {} } },
    ]) {
      assert.equal(planSchema.safeParse(bad).success, false, JSON.stringify(bad));
    }
    const odd = { subtasks: [{ ...EXACT.subtasks[0], complexity: 'enormous' }] };
    assert.equal(planSchema.safeParse(odd).success, false);
  });

  it('never throws on any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void planSchema.safeParse(value)));
    const fields = fc.record(
      { id: fc.jsonValue(), title: fc.jsonValue(), description: fc.jsonValue(), dependencies: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(fc.array(fields), (subtasks) => void planSchema.safeParse({ subtasks })));
  });
});
