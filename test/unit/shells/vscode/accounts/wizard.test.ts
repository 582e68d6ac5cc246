import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  advance,
  placeOf,
  startWizard,
  type WizardMove,
  type WizardPlan,
} from '../../../../../src/shells/vscode/accounts/wizard.ts';

interface Draft {
  readonly own: boolean;
  readonly name: string;
}
type Step = 'kind' | 'address' | 'name' | 'test' | 'end';

const PLAN: WizardPlan<Draft, Step> = {
  automatic: new Set(['test']),
  steps: ({ own }) => ['kind', ...(own ? (['address'] as const) : []), 'name', 'test', 'end'],
};
const EMPTY: Draft = { own: false, name: '' };

describe('a conversation in steps', () => {
  const go = (moves: readonly WizardMove<Draft, Step>[]) =>
    moves.reduce((state, move) => advance(PLAN, state, move), startWizard(PLAN, EMPTY));
  const next: WizardMove<Draft, Step> = { type: 'answer', change: {} };

  it('goes through its steps, which depend on the answers', () => {
    assert.equal(go([{ type: 'answer', change: { own: true } }]).step, 'address');
    assert.equal(go([next]).step, 'name');
    assert.deepEqual(go([next, next, next, next]), { draft: EMPTY, step: null, finished: true });
  });

  it('goes back past what asks nothing, and keeps what was answered', () => {
    const state = go([next, { type: 'answer', change: { name: 'work' } }, next]);
    assert.equal(state.step, 'end');
    assert.deepEqual(advance(PLAN, state, { type: 'back' }), {
      draft: { own: false, name: 'work' },
      step: 'name',
      finished: false,
    });
  });

  it('stays at the first step', () => {
    assert.equal(go([{ type: 'back' }]).step, 'kind');
  });

  it('jumps where an answer says so', () => {
    assert.equal(go([next, next, next, { ...next, to: 'test' }]).step, 'test');
  });

  it('keeps the answers when it is left', () => {
    const state = go([{ type: 'answer', change: { own: true } }, { type: 'leave' }]);
    assert.deepEqual(state, { draft: { own: true, name: '' }, step: null, finished: false });
  });

  it('counts the steps that ask', () => {
    assert.deepEqual(placeOf(PLAN, go([])), { step: 1, totalSteps: 3 });
    assert.deepEqual(placeOf(PLAN, go([{ type: 'answer', change: { own: true } }])), { step: 2, totalSteps: 4 });
    assert.deepEqual(placeOf(PLAN, go([next, next])), { step: 2, totalSteps: 3 }, 'while it works');
    assert.deepEqual(placeOf(PLAN, go([next, next, next])), { step: 3, totalSteps: 3 });
  });

  it('always is at a step of the plan or over, whatever happens', () => {
    const move = fc.oneof(
      fc.record({ own: fc.boolean() }).map((change): WizardMove<Draft, Step> => ({ type: 'answer', change })),
      fc.constantFrom<WizardMove<Draft, Step>>({ type: 'back' }, { type: 'leave' }, next),
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        const state = go(moves);
        const { step, totalSteps } = placeOf(PLAN, state);
        assert.ok(step >= 1 && step <= totalSteps);
        assert.ok(state.step === null || PLAN.steps(state.draft).includes(state.step) || state.step === 'address');
      }),
    );
  });
});
