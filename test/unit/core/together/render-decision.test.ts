import assert from 'node:assert/strict';
import { renderDecision } from '../../../../src/core/together/render-decision.ts';

describe('renderDecision', () => {
  it('writes votes, positions and decisions as sentences', () => {
    assert.equal(renderDecision({ choice: 'tabs', reason: 'Shorter.' }), '**tabs**\n\nShorter.');
    assert.equal(renderDecision({ choice: 'tabs', reason: 'Fine.', agrees: true }), '**tabs**, agreed\n\nFine.');
    const decided = { choice: 'tabs', reason: '2 of 3 agents chose it.', by: 'majority', open: [] };
    assert.equal(renderDecision(decided), '**tabs** (decided by majority)\n\n2 of 3 agents chose it.');
    const open = { choice: null, reason: 'No reason carries.', by: 'nobody', open: ['tabs', 'spaces'] };
    assert.equal(
      renderDecision(open),
      '**Nothing was decided.**\n\nNo reason carries.\n\nLeft open:\n\n- tabs\n- spaces',
    );
  });

  it('leaves everything else as it is', () => {
    for (const output of [
      'text',
      null,
      3,
      ['a'],
      { choice: 'x', reason: 'y', more: 1 },
      { by: 'majority', choice: 7 },
    ]) {
      assert.doesNotMatch(renderDecision(output) ?? 'none', /decided|\*\*/);
    }
  });
});
