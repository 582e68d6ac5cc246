/** The editor's own models: none at first, then those of another extension, which do a review. */
import assert from 'node:assert/strict';
import { accountRow, diagnostics, SAMPLE, showAccounts } from '../lib/product.mjs';
import { answerFor } from '../lib/scripted-team.mjs';

export const options = { files: { 'run.ts': SAMPLE } };

const FINDING = JSON.parse(answerFor({ rawBody: reviewRequest() }).text).findings[0];

/** A request as the scripted team understands one of the security reviewer. */
function reviewRequest() {
  const system = 'A finding whose quote is not in the file is thrown away. Rules: security';
  return JSON.stringify({ messages: [{ content: system }] });
}

/** Registers two models in the test's own extension; they keep what they are asked. */
function registerModels(vscode, finding) {
  const seen = { requests: [], cancelled: 0, hang: false };
  globalThis.ensembleTestModels = seen;
  const model = (id, name) => ({
    id,
    name,
    family: 'test',
    version: '1',
    maxInputTokens: 64_000,
    maxOutputTokens: 8_000,
    capabilities: { toolCalling: true },
  });
  const textOf = ({ content }) => content.map((part) => part.value ?? '').join('');
  vscode.lm.registerLanguageModelChatProvider('ensemble-test', {
    provideLanguageModelChatInformation: () => [model('small', 'Small Test Model'), model('large', 'Large Test Model')],
    async provideLanguageModelChatResponse(info, messages, _options, progress, token) {
      const text = messages.map(textOf).join('\n');
      seen.requests.push({ model: info.id, text });
      token.onCancellationRequested(() => seen.cancelled++);
      const reviewer = text.includes('A finding whose quote is not in the file is thrown away');
      const security = reviewer && /Review the files below for security/.test(text);
      const answer = reviewer
        ? JSON.stringify({ findings: security ? [finding] : [] })
        : 'One hole: eval of the input.';
      if (seen.hang) await new Promise((resolve) => token.onCancellationRequested(resolve));
      const half = Math.ceil(answer.length / 2);
      for (const piece of [answer.slice(0, half), answer.slice(half)])
        progress.report(new vscode.LanguageModelTextPart(piece));
    },
    provideTokenCount: async (_info, text) => Math.ceil((typeof text === 'string' ? text : textOf(text)).length / 5),
  });
}

export default async (h) => {
  await h.step('an editor without models says so and helps', async () => {
    await h.command("Ensemble: Use the Editor's Own Models...");
    await h.page.locator('.notification-toast', { hasText: 'The editor has no language models' }).waitFor();
    await h.shot('none');
    await h.command('Notifications: Clear All Notifications');
  });

  await h.step('a model of another extension becomes an account', async () => {
    await h.evaluate(registerModels, FINDING);
    await h.command('Ensemble: Add Account...');
    await h.page.getByPlaceholder('Whose account is it?').waitFor();
    await h.page.keyboard.type('own models');
    await h.page.locator('.quick-input-list .monaco-list-row', { hasText: 'GitHub Copilot' }).waitFor();
    await h.shot('entry');
    await h.page.keyboard.press('Enter');
    await h.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Large Test Model' }).waitFor();
    await h.shot('choice');
    await h.page.keyboard.type('Large');
    await h.page.keyboard.press('Enter');
    await h.page.locator('.notification-toast', { hasText: 'was added' }).waitFor();
    const accounts = await h.evaluate((vscode) => vscode.workspace.getConfiguration('ensemble').get('accounts'));
    assert.deepEqual(accounts, [
      {
        name: 'editor-1',
        provider: 'vscode-lm',
        models: { simple: 'ensemble-test/large', medium: 'ensemble-test/large', complex: 'ensemble-test/large' },
      },
    ]);
  });

  await h.step('a review by it marks its finding', async () => {
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    await h.page.locator('.monaco-dialog-box', { hasText: "The editor's own models" }).waitFor();
    await h.shot('leave');
    await h.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Send' }).click();
    const found = await h.until('the finding', async () => {
      const all = await diagnostics(h, 'run.ts');
      return all.length > 0 && all;
    });
    assert.match(found[0].message, /Text from outside is run as code/);
    const seen = await h.evaluate(() => globalThis.ensembleTestModels);
    assert.ok(seen.requests.length >= 2);
    assert.deepEqual([...new Set(seen.requests.map(({ model }) => model))], ['large']);
    // Without a system role the agent's instructions come first, and the schema with them.
    assert.match(seen.requests[0].text, /^You review code/);
    assert.match(seen.requests[0].text, /JSON Schema/);
    await h.shot('review');
  });

  await h.step('the Accounts view knows it', async () => {
    await showAccounts(h);
    await accountRow(h, 'editor-1').waitFor();
    await h.shot('account');
  });

  await h.step('cancelling reaches the model', async () => {
    await h.evaluate(() => {
      globalThis.ensembleTestModels.hang = true;
      globalThis.ensembleTestModels.requests.length = 0;
    });
    await h.command('Ensemble: Review File');
    await h.until('a request', () => h.evaluate(() => globalThis.ensembleTestModels.requests.length > 0));
    await h.page
      .locator('.notification-toast .monaco-button, .notification-toast a', { hasText: 'Cancel' })
      .first()
      .click();
    await h.until('the cancellation', () => h.evaluate(() => globalThis.ensembleTestModels.cancelled > 0));
  });
};
