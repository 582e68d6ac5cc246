/** The History by mouse and keyboard: days, what runs have left, replay, calls made again, filters, search. */
import assert from 'node:assert/strict';
import { foldViews, historyParts, openResult, SAMPLE } from '../lib/product.mjs';

export const options = { files: { 'run.ts': SAMPLE }, timeoutMs: 300_000 };

export default async (h) => {
  const { pane, row, labels, box, shown } = historyParts(h);

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
    for (const kind of ['Report', 'Findings (SARIF)']) {
      assert.ok(all.includes(`document, Review of run.ts, ${kind}`), all.join('\n'));
    }
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

  await h.step('makes a call again and shows both answers side by side', async () => {
    await h.evaluate((vscode) =>
      vscode.workspace.getConfiguration('workbench').update('colorTheme', 'Default Dark Modern', true),
    );
    await h.command('View: Close All Editors');
    await row('Review of run.ts').click();
    await row('security').waitFor();
    await h.rowAction(row('security'), 'Run Again With', box.getByPlaceholder('What shall be different?'));
    assert.equal(await box.getByText('Another Version').count(), 0, 'it was made from no prompt');
    await h.shot('again');
    await box.locator('.monaco-list-row', { hasText: 'Another Model' }).click();
    await box.locator('.monaco-list-row', { hasText: 'Type a Model' }).waitFor();
    await box.locator('.monaco-list-row', { hasText: 'offline/rules' }).click();
    await h.page.locator('.tab.active', { hasText: 'Answers' }).waitFor();
    await h.page.locator('.monaco-diff-editor .editor.modified .view-line', { hasText: '"findings": [' }).waitFor();
    await h.shot('compared');
    await h.page.locator('.tab', { hasText: 'Comparison of' }).click();
    const table = await h.until('the table', async () => /^# Comparison/.test(await shown()) && shown());
    for (const name of ['Model', 'Tokens', 'Cost', 'Latency']) assert.match(table, new RegExp(`^\\| ${name} `, 'm'));
    assert.match(table, /The answers are equal/);
    await h.shot('comparison');
    await h.page.locator('.codelens-decoration a', { hasText: 'Run Again With' }).first().click();
    await box.locator('.monaco-list-row', { hasText: 'Another Account' }).click();
    await box.locator('.monaco-list-row', { hasText: 'offline' }).first().click();
    await h.page.locator('.tab.active', { hasText: 'Answers 7 and 8' }).waitFor();
  });

  await h.step('lists what fits a filter, and all again', async () => {
    await h.command('Ensemble: Filter History...');
    await box.getByPlaceholder('Which runs shall').waitFor();
    await h.shot('filters');
    await box.locator('.monaco-list-row', { hasText: 'incomplete' }).waitFor();
    await h.page.keyboard.type('failed');
    await box.locator('.monaco-list-row', { hasText: 'failed' }).first().waitFor();
    await h.page.keyboard.press('Enter');
    await pane.getByText('No run fits the filter "failed".').waitFor();
    await h.shot('filtered');
    await h.command('Ensemble: Clear History Filter');
    await row('Review of run.ts').waitFor();
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
};
