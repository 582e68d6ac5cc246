import assert from 'node:assert/strict';
import { parseConfig } from '../../../../../src/adapters/files/parse-config.ts';
import { settingOfProblem } from '../../../../../src/shells/vscode/accounts/settings-problems.ts';
import { readSettings } from '../../../../../src/shells/vscode/host/settings.ts';

const ACCOUNT = { name: 'work', provider: 'xai' };

/** The settings as the editor has them, what is said about them, and the setting that the button leads to. */
function judge(settings: Readonly<Record<string, unknown>>) {
  const { config, problems } = parseConfig(readSettings({ get: (key) => settings[key] }));
  return { config, problems, leadsTo: problems.map(settingOfProblem) };
}

describe('settings that make no sense', () => {
  for (const [what, settings, field, setting] of [
    ['a name twice', { accounts: [ACCOUNT, ACCOUNT] }, 'accounts[1].name', 'ensemble.accounts'],
    [
      'an unknown provider',
      { accounts: [{ ...ACCOUNT, provider: 'xia' }] },
      'accounts[0].provider',
      'ensemble.accounts',
    ],
    [
      'http to another machine',
      { accounts: [{ ...ACCOUNT, baseURL: 'http://10.0.0.5/v1' }] },
      'accounts[0].baseURL',
      'ensemble.accounts',
    ],
    [
      'every address of this machine',
      { accounts: [{ ...ACCOUNT, baseURL: 'http://0.0.0.0:8080/v1' }] },
      'accounts[0].baseURL',
      'ensemble.accounts',
    ],
    [
      'no requests at all',
      { quotaGroups: { team: { requestsPerMinute: 0 } } },
      'quotaGroups.team.requestsPerMinute',
      'ensemble.quotaGroups',
    ],
    [
      'half a call at once',
      { quotaGroups: { team: { concurrent: 0.5 } } },
      'quotaGroups.team.concurrent',
      'ensemble.quotaGroups',
    ],
    ['a negative budget', { 'budget.perDayUSD': -1 }, 'budget.perDayUSD', 'ensemble.budget.perDayUSD'],
    ['a budget in words', { 'budget.perRunTokens': 'many' }, 'budget.perRunTokens', 'ensemble.budget.perRunTokens'],
    ['no agents', { 'engine.maxParallelAgents': 0 }, 'engine.maxParallelAgents', 'ensemble.engine.maxParallelAgents'],
    ['an unknown strategy', { loadBalancing: 'random' }, 'loadBalancing', 'ensemble.loadBalancing'],
    [
      'a price below nothing',
      { prices: { 'xai/grok-4': { inputPerMTok: -3, outputPerMTok: 15 } } },
      'prices.xai/grok-4.inputPerMTok',
      'ensemble.prices',
    ],
    [
      'a key',
      { accounts: [{ ...ACCOUNT, apiKey: 'sk-canary-0123456789' }] },
      'accounts[0].apiKey',
      'ensemble.accounts',
    ],
  ] as const) {
    it(`${what}: said with the field's name, and the button leads to its setting`, () => {
      const { problems, leadsTo, config } = judge(settings);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.ok(problems[0]?.startsWith(`${field}: `), problems[0]);
      assert.deepEqual(leadsTo, [setting]);
      assert.doesNotMatch(JSON.stringify([problems, config]), /canary/);
    });
  }

  it('are left out, and the rest counts', () => {
    const good = { name: 'good', provider: 'anthropic' };
    const { config, problems } = judge({
      accounts: [{ ...ACCOUNT, baseURL: 'http://evil.example/v1' }, good, { ...good, provider: 'groq' }],
      'budget.perRunUSD': 3,
      'budget.perDayUSD': 'x',
    });
    assert.equal(problems.length, 3);
    assert.deepEqual(
      config.accounts.map(({ name, provider }) => [name, provider]),
      [['good', 'anthropic']],
    );
  });
});
