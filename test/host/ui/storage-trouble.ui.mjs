/** A database that cannot be opened: the view and the commands say so, and nothing else breaks. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { agentsPane, openResult, SAMPLE, showAgents } from '../lib/product.mjs';

export const options = { files: { 'run.ts': SAMPLE } };

export default async (h) => {
  const usePath = async (path) => {
    await h.evaluate(
      (vscode, value) =>
        vscode.workspace.getConfiguration('ensemble').update('databasePath', value, vscode.ConfigurationTarget.Global),
      path,
    );
    await h.reload();
    await h.until('the setting', async () => (await h.api((api) => api.storagePath)) === path);
  };
  const reviewSays = async (text) => {
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    const toast = h.notification(text);
    await toast.waitFor();
    h.log((await toast.innerText()).split('\n').at(-1));
    assert.doesNotMatch(await toast.innerText(), /\n\s+at /);
    assert.equal(await openResult(h), null);
  };

  await h.step('a folder that cannot be made is named, with the setting', async () => {
    await usePath('/dev/null/here/ensemble.db');
    await reviewSays('ensemble.databasePath');
    await h.shot('folder');
  });

  await h.step('the view still welcomes', async () => {
    await showAgents(h);
    await agentsPane(h).locator('.welcome-view-content').getByRole('button', { name: 'Add Account' }).waitFor();
  });

  await h.step('a file that is no database is kept, and the message names it', async () => {
    const file = `${h.workspace}/broken.db`;
    await h.evaluate(
      (vscode, target) =>
        vscode.workspace.fs.writeFile(vscode.Uri.file(target), Buffer.from('no database '.repeat(500))),
      file,
    );
    const before = fs.readFileSync(file);
    await usePath(file);
    await reviewSays('broken.db is not a database');
    await h.shot('no database');
    assert.deepEqual(fs.readFileSync(file), before);
  });
};
