import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { api } from './support.ts';

const target = { type: 'text', file: 'x.js', languageId: 'javascript', startLine: 1, text: 'eval(x);\n' } as const;

describe('settings', () => {
  const configuration = () => vscode.workspace.getConfiguration('ensemble');
  const set = (key: string, value: unknown) => configuration().update(key, value, vscode.ConfigurationTarget.Global);

  afterEach(() => set('accounts', undefined));

  it('with an account that carries a key do not use that account', async () => {
    await set('accounts', [{ name: 'leaky', provider: 'xai', apiKey: 'sk-canary-in-settings' }]);
    const { run } = await api();
    const result = await run({ kind: 'review', depth: 'quick', target });
    assert.equal(result.llm, false, 'only the built-in rules are left');
    assert.doesNotMatch(JSON.stringify(result), /leaky|canary/);
  });

  it('cannot be given accounts by a workspace', async () => {
    await assert.rejects(async () =>
      configuration().update('accounts', [{ name: 'x', provider: 'xai' }], vscode.ConfigurationTarget.Workspace),
    );
  });

  it('cannot be given guardrails or memory by a workspace', async () => {
    const settings = { guardrails: { '*': { output: { maxLength: 1 } } }, 'history.memory': true };
    for (const [key, value] of Object.entries(settings)) {
      await assert.rejects(async () => configuration().update(key, value, vscode.ConfigurationTarget.Workspace));
    }
  });
});
