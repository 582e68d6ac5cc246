/** The History by mouse and keyboard: days, what runs have left, replay, search, interrupted runs, deletion, pages. */
import assert from 'node:assert/strict';
import { foldViews, openResult, SAMPLE } from '../lib/product.mjs';

export const options = { files: { 'run.ts': SAMPLE }, timeoutMs: 300_000 };

export default async (h) => {
  const pane = h.page.locator('.part.sidebar .pane', { has: h.page.locator('h3', { hasText: /^History/i }) });
  const row = (text) => pane.locator('.monaco-list-row', { hasText: text }).first();
  const labels = () =>
    pane.locator('.monaco-list-row').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
  const box = h.page.locator('.quick-input-widget:not([style*="display: none"])');
  const dialog = h.page.locator('.monaco-dialog-box');
  const shown = () => h.evaluate((vscode) => vscode.window.activeTextEditor?.document.getText() ?? '');
  /** Runs from another time, put into the database by the product itself. */
  const seed = (count) =>
    h.api(async (api, amount) => {
      for (let index = 0; index < amount; index++) {
        const text = `export function f${index}() { return ${index}; }`;
        const target = { type: 'text', file: `gen${index}.ts`, languageId: 'typescript', startLine: 1, text };
        await api.run({ kind: 'review', depth: 'quick', target });
      }
    }, count);

  await h.step('says what will be here while there is nothing', async () => {
    await h.command('Ensemble: Focus on History View');
    await pane.getByText('Nothing has run in this workspace yet.').waitFor();
    await foldViews(h, 'Agents', 'Accounts', 'Prompt Library');
    await h.shot('empty');
  });

  await h.step('shows a run under its day, with its document and conversations', async () => {
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    await h.until('the result', () => openResult(h));
    await h.command('View: Close All Editors');
    await h.until('the run', async () => (await labels()).some((label) => /^Today, 1 run/.test(label)));
    await row('Review of run.ts').click();
    await row('correctness').waitFor();
    const all = await labels();
    assert.ok(
      all.some((label) => /^document, Review of run.ts/.test(label)),
      all.join('\n'),
    );
    assert.ok(all.filter((label) => /^conversation, /.test(label)).length >= 5, all.join('\n'));
    await h.shot('run');
  });

  await h.step('opens a conversation and a document, readable', async () => {
    await row('security').click();
    const text = await h.until('the conversation', async () => /# Conversation/.test(await shown()) && shown());
    for (const part of [
      /- \*\*Model\*\*: offline/,
      /- \*\*Tokens\*\*: /,
      /## User/,
      /## Answer/,
      /## Attempts of this task/,
    ])
      assert.match(text, part);
    await h.shot('conversation');
    await pane.locator('.monaco-list-row[aria-label^="document, "]').first().click();
    await h.until('the document', async () => /findings? in/.test(await shown()));
    const uri = await h.evaluate((vscode) => vscode.window.activeTextEditor.document.uri.toString());
    await h.reload();
    const again = await h.evaluate(
      async (vscode, name) => (await vscode.workspace.openTextDocument(vscode.Uri.parse(name))).getText(),
      uri,
    );
    assert.match(again, /findings? in/);
  });

  await h.step('replays a run step by step', async () => {
    await h.evaluate((vscode) => vscode.commands.executeCommand('workbench.action.closePanel'));
    await h.contextMenu(row('Review of run.ts'), 'Replay Step by Step');
    const first = await h.until('the first step', async () => /^# Step 1 of [5-9]/.test(await shown()) && shown());
    for (const part of [
      /\*\*Run\*\*: Review of run.ts/,
      /offline\/rules on offline/,
      /## User/,
      /## Answer/,
      /## Attempts/,
    ])
      assert.match(first, part);
    await h.line('# Step 1 of').click();
    await h.page.keyboard.press('Alt+ArrowDown');
    await h.until('the second step', async () => /^# Step 2 of/.test(await shown()));
    await h.page.locator('.codelens-decoration a', { hasText: 'Next Step' }).first().waitFor();
    await h.shot('replay');
    await h.page.keyboard.press('Alt+ArrowUp');
    await h.until('the first again', async () => /^# Step 1 of/.test(await shown()));
  });

  await h.step('finds texts and shows the place', async () => {
    await h.command('Ensemble: Search History...');
    await box.getByPlaceholder('Words of what was asked').waitFor();
    await h.page.keyboard.type('injection');
    const hit = box.locator('.monaco-list-row', { hasText: /injection/i }).first();
    await hit.waitFor();
    await h.shot('search');
    await h.page.keyboard.press('Control+A');
    await h.page.keyboard.type('"zzz OR* NEAR');
    await box.locator('.monaco-list-row', { hasText: 'Nothing was found.' }).waitFor();
    await h.page.keyboard.press('Control+A');
    await h.page.keyboard.type('eval');
    await box.locator('.monaco-list-row', { hasText: 'eval' }).first().waitFor();
    await h.page.keyboard.press('Enter');
    await h.until('the hit', async () => /eval/.test(await shown()));
  });

  await h.step('deletes a run after asking', async () => {
    await h.evaluate((vscode) =>
      vscode.workspace.getConfiguration('workbench').update('colorTheme', 'Default Dark Modern', true),
    );
    await seed(2);
    await h.command('Ensemble: Refresh History');
    await row('gen1.ts').waitFor();
    await h.rowAction(row('gen1.ts'), 'Delete Run', dialog);
    await h.shot('asks');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await h.until('still there', async () => (await labels()).join().includes('gen1.ts'));
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
    assert.match(await dialog.innerText(), /Delete 2 runs/);
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
