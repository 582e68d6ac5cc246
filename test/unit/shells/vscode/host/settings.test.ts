import assert from 'node:assert/strict';
import fs from 'node:fs';
import { CONFIG_KEYS, readSettings } from '../../../../../src/shells/vscode/host/settings.ts';

const reader = (values: Record<string, unknown>) => ({ get: (key: string) => values[key] });

describe('readSettings', () => {
  it('nests the settings as the config has them', () => {
    const accounts = [{ name: 'a', provider: 'xai', apiKeyEnv: 'X' }];
    assert.deepEqual(
      readSettings(reader({ accounts, 'engine.maxSubTasks': 4, 'budget.perRunUSD': null, strategy: 'parallel' })),
      { schema: 1, accounts, strategy: 'parallel', engine: { maxSubTasks: 4 }, budget: { perRunUSD: null } },
    );
  });

  it('reads every setting that package.json contributes, except the path of the database', () => {
    const manifest = JSON.parse(fs.readFileSync(new URL('../../../../../package.json', import.meta.url), 'utf8'));
    const sections = manifest.contributes.configuration as { properties: Record<string, unknown> }[];
    const contributed = sections.flatMap(({ properties }) => Object.keys(properties));
    assert.deepEqual(
      contributed.sort(),
      [...CONFIG_KEYS.map((key) => `ensemble.${key}`), 'ensemble.databasePath'].sort(),
    );
  });
});
