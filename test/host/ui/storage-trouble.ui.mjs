/** Care for the database, and trouble with it: status, export, a damaged file that is restored, files that cannot be opened. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { agentsPane, openResult, SAMPLE, showAgents } from '../lib/product.mjs';

export const options = { files: { 'run.ts': SAMPLE }, settings: { 'workbench.colorTheme': 'Default Dark Modern' } };

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

  const box = h.page.locator('.quick-input-widget:not([style*="display: none"])');
  const shown = () => h.evaluate((vscode) => vscode.window.activeTextEditor?.document.getText() ?? '');
  const theme = (name) =>
    h.evaluate(
      (vscode, value) => vscode.workspace.getConfiguration('workbench').update('colorTheme', value, true),
      name,
    );
  const kept = `${h.workspace}/kept/ensemble.db`;

  await h.step('the status tells where the database is, how it is and who has it open', async () => {
    await usePath(kept);
    await h.openFile('run.ts');
    await h.command('Ensemble: Back Up Database Now');
    await h.page.locator('.statusbar', { hasText: 'The database was backed up' }).waitFor();
    await h.command('Ensemble: Show Database Status');
    await h.until('the status', async () => (await shown()).includes('# Database Status'));
    const text = await shown();
    assert.ok(text.includes(kept), text);
    assert.match(text, /Process \d+ on .*\(this window\)/);
    assert.match(text, /\*\*Last check\*\*: never/);
    await h.shot('status');
    await theme('Default Light Modern');
    await h.shot('status light');
    await theme('Default Dark Modern');
  });

  await h.step('everything is exported into a file that is asked for', async () => {
    const target = `${h.workspace}/everything.zip`;
    await h.command('Ensemble: Export Everything...');
    await box.locator('input').first().waitFor();
    await h.until('the proposed name', async () => (await box.locator('input').first().inputValue()).includes('.zip'));
    await h.shot('export');
    await box.locator('input').first().fill(target);
    await h.page.keyboard.press('Enter');
    await h.notification('Everything is in').waitFor();
    await h.shot('exported');
    assert.equal(fs.readFileSync(target).subarray(0, 2).toString(), 'PK');
    assert.deepEqual(
      fs.readdirSync(h.workspace).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  await h.step('a damaged database is restored from its backup, and a message says so', async () => {
    await usePath(`${h.workspace}/other/ensemble.db`);
    const bytes = fs.readFileSync(kept);
    fs.writeFileSync(kept, bytes.fill(0xaa, 0, 100));
    await usePath(kept);
    await h.command('Ensemble: Show Database Status');
    const toast = h.notification('was damaged');
    await toast.waitFor();
    const text = await toast.innerText();
    assert.match(
      text,
      /Its newest good backup was put in its place; (?:\d+ newer rows were saved|nothing newer could be read)/,
    );
    assert.ok(!text.includes(kept), text);
    await h.shot('restored');
    await theme('Default Light Modern');
    await h.shot('restored light');
    await theme('Default Dark Modern');
    await h.until('the status', async () => (await shown()).includes('Damaged Files That Were Replaced'));
    await h.command('Ensemble: Check Database');
    await h.notification('Nothing is wrong with the database').waitFor();
    await h.shot('checked');
  });

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
