import assert from 'node:assert/strict';
import { parseConfig } from '../../../../../src/compose.ts';
import {
  endpointOf,
  problemsOf,
  settingOfProblem,
} from '../../../../../src/shells/vscode/accounts/settings-problems.ts';

describe('problems of the settings', () => {
  it('lead to the setting they speak of', () => {
    const { problems } = parseConfig({
      accounts: [{ name: 'a', provider: 'nobody' }],
      budget: { perRunUSD: -1 },
      engine: { maxSubTasks: 'many' },
      quotaGroups: { team: { concurrent: 0 } },
      loadBalancing: 'random',
    });
    assert.deepEqual(problems.map(settingOfProblem).sort(), [
      'ensemble.accounts',
      'ensemble.budget.perRunUSD',
      'ensemble.engine.maxSubTasks',
      'ensemble.loadBalancing',
      'ensemble.quotaGroups',
    ]);
    assert.equal(settingOfProblem('databasePath: x is not absolute.'), 'ensemble.databasePath');
  });

  it('belong to their account', () => {
    const problems = ['accounts[0].baseURL: a.', 'accounts[10]: b.', 'accounts[0].weight: c.'];
    assert.equal(problemsOf(0, 'x', problems), 'accounts[0].baseURL: a. accounts[0].weight: c.');
    assert.match(problemsOf(1, 'x', problems), /cannot be used/);
  });
});

describe('the endpoint of an account', () => {
  it('is the host of its address, else of its provider', () => {
    assert.equal(endpointOf({ baseURL: 'https://h.example:8443/v1' }, null), 'h.example:8443');
    assert.equal(endpointOf({}, { defaultBaseURL: 'https://api.x.ai/v1', label: 'xAI Grok' }), 'api.x.ai');
    assert.equal(endpointOf({ baseURL: 'nonsense' }, null), null);
    assert.equal(endpointOf({}, { defaultBaseURL: null, label: 'Editor' }), 'Editor');
    assert.equal(endpointOf({}, null), null);
  });
});
