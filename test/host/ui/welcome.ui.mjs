/** The first minute: nothing configured, a try without a key, where results come from. */
import assert from 'node:assert/strict';
import { agentRows, agentsPane, openResult, showAgents } from '../lib/product.mjs';

export const options = { target: 'vsix' };

export default async (h) => {
  await h.step('the empty view offers an account and a try without one', async () => {
    await showAgents(h);
    const welcome = agentsPane(h).locator('.welcome-view-content');
    await welcome.getByRole('button', { name: 'Add Account' }).waitFor();
    await welcome.getByRole('button', { name: 'Try without a Key' }).waitFor();
    await h.shot('no account');
  });

  await h.step('looking at the empty view creates no database', async () => {
    const path = await h.api((api) => api.storagePath);
    assert.equal(
      await h.evaluate(
        (vscode, file) =>
          vscode.workspace.fs.stat(vscode.Uri.file(file)).then(
            () => 'there',
            () => 'none',
          ),
        path,
      ),
      'none',
    );
  });

  await h.step('a try without a key reviews the bundled sample', async () => {
    await agentsPane(h).locator('.welcome-view-content').getByRole('button', { name: 'Try without a Key' }).click();
    const text = await h.until('the result', () => openResult(h));
    assert.match(text, /#L\d+/);
    const found = await h.evaluate(
      (vscode) =>
        vscode.languages.getDiagnostics().flatMap(([, all]) => all.filter(({ source }) => source === 'Ensemble'))
          .length,
    );
    h.log(`${found} findings`);
    assert.ok(found >= 2);
    const rows = await h.until('the agents', async () => {
      const all = await agentRows(h);
      return all.length > 1 && all.every((row) => /completed/.test(row)) && all;
    });
    assert.ok(rows.length >= 6);
    await h.shot('tried');
  });

  await h.step('one quiet message says that no model took part', async () => {
    await h.notification('without a language model').waitFor();
  });

  await h.step('an empty folder is refused with a sentence', async () => {
    await h.command('Ensemble: Review Workspace');
    await h.notification('There is no file to review').waitFor();
  });
};
