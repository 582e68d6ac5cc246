/** Care for the History: deletion of runs and of all of it, backups that bring it back, the audit log. */
import assert from 'node:assert/strict';
import { foldViews, historyParts } from '../lib/product.mjs';

export const options = { settings: { 'workbench.colorTheme': 'Default Dark Modern' } };

export default async (h) => {
  const { pane, row, labels, box, shown } = historyParts(h);
  const dialog = h.page.locator('.monaco-dialog-box');
  /** Runs from another time, put into the database by the product itself. */
  const seed = (count) =>
    h.api(async (api, amount) => {
      for (let index = 0; index < amount; index++) {
        const text = `export function f${index}() { return ${index}; }`;
        const target = { type: 'text', file: `gen${index}.ts`, languageId: 'typescript', startLine: 1, text };
        await api.run({ kind: 'review', depth: 'quick', target });
      }
    }, count);

  await h.step('lists runs that another part of the product has made', async () => {
    await h.command('Ensemble: Focus on History View');
    await pane.getByText('Nothing has run in this workspace yet.').waitFor();
    await foldViews(h, 'Agents', 'Accounts', 'Prompt Library');
    await seed(3);
    await row('gen2.ts').waitFor();
  });

  await h.step('deletes a run after asking', async () => {
    await h.rowAction(row('gen1.ts'), 'Delete Run', dialog);
    await h.shot('asks');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await h.until('still there', async () => (await labels()).join().includes('gen1.ts'));
    await row('gen1.ts').click();
    await pane.locator('.monaco-list-row.selected.focused', { hasText: 'gen1.ts' }).waitFor();
    await h.page.keyboard.press('Delete');
    await dialog.getByText('Delete the run "Review of gen1.ts"?').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await h.contextMenu(row('gen1.ts'), 'Delete Run...');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await row('gen1.ts').waitFor({ state: 'detached' });
    assert.ok((await labels()).join().includes('gen0.ts'));
  });

  await h.step('deletes all of it by keyboard, after asking', async () => {
    await h.command('Ensemble: Back Up Database Now');
    await h.page.locator('.statusbar', { hasText: 'The database was backed up' }).waitFor();
    await h.command('Ensemble: Delete History...');
    await box.locator('.monaco-list-row', { hasText: 'All of it' }).waitFor();
    await h.page.keyboard.type('All of it');
    await h.page.keyboard.press('Enter');
    await box.locator('.monaco-list-row', { hasText: 'Of this workspace' }).waitFor();
    await h.page.keyboard.press('Enter');
    await box.locator('.monaco-list-row', { hasText: 'Delete them too' }).click();
    await dialog.waitFor();
    assert.match(
      await dialog.innerText(),
      /Delete 2 runs[\s\S]*Deleted with that: \d+ conversations, 2 documents, all findings/,
    );
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await pane.getByText('Nothing has run in this workspace yet.').waitFor();
  });

  await h.step('a backup brings it back', async () => {
    await h.command('Ensemble: Restore Backup...');
    await box.locator('.monaco-list-row', { hasText: 'made by you' }).waitFor();
    await h.shot('backups');
    await box.locator('.monaco-list-row', { hasText: 'made by you' }).click();
    await dialog.waitFor();
    await h.shot('restore');
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await h.until('the runs', async () => (await labels()).some((label) => /^Today, 2 runs/.test(label)));
    await h.command('Ensemble: Check Database');
    await h.notification('Nothing is wrong with the database').waitFor();
    await h.command('Ensemble: Show Audit Log');
    await h.until('the log', async () => /run-ended/.test(await shown()));
    await h.shot('audit');
  });
};
