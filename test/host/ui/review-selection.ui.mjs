/** The main job: right-click on a selection, results document, findings in the code, the tree of agents, a reload. */
import assert from 'node:assert/strict';
import { agentRows, diagnostics, openResult, SAMPLE, showAgents } from '../lib/product.mjs';

export const options = { target: 'both', files: { 'src/run.ts': `// The first line.\n${SAMPLE}` } };

export default async (h) => {
  await h.step('the context menu has one submenu, which offers the selection only where there is one', async () => {
    await h.openFile('src/run.ts');
    await h.line('eval(input)').click({ button: 'right' });
    const entries = h.page.locator('.monaco-menu a.action-menu-item');
    await entries.filter({ hasText: 'Ensemble' }).hover();
    await entries.filter({ hasText: 'Review File' }).waitFor();
    assert.equal(await entries.filter({ hasText: 'Ensemble' }).count(), 1);
    assert.equal(await entries.filter({ hasText: 'with Agents' }).count(), 0);
    await h.page.keyboard.press('Escape');
    await h.page.keyboard.press('Escape');
  });

  await h.step('right-click on a selection reviews it', async () => {
    const from = h.line('export function run');
    await from.click({ position: { x: 2, y: 8 } });
    await h.page.keyboard.press('Home');
    for (let line = 0; line < 4; line++) await h.page.keyboard.press('Shift+ArrowDown');
    const on = { position: { x: 40, y: 8 } };
    await h.contextMenu(h.line('eval(input)'), 'Ensemble', 'Review Selection with Agents', on);
    await h.until('the result document', () => openResult(h));
    const found = await h.until('diagnostics', async () => {
      const all = await diagnostics(h, 'src/run.ts');
      return all.length > 0 && all;
    });
    assert.ok(
      found.some(({ line }) => line === 5),
      JSON.stringify(found),
    );
  });

  await h.step('the result names the finding with a link to its line', async () => {
    const text = await openResult(h);
    assert.match(text, /^\[\d+\]: file:\/\/\S*src\/run\.ts#L5$/m);
    await h.page.locator('.tab', { hasText: 'Review of src-run.ts' }).waitFor();
    await h.page.locator('.squiggly-error').first().waitFor();
  });

  await h.step('the tree shows the final state of each agent', async () => {
    await showAgents(h);
    await h.treeRow('completed').waitFor();
    const rows = await h.until('the agents', async () => {
      const all = await agentRows(h);
      return all.length >= 6 && all;
    });
    h.log(rows);
    assert.match(rows[0], /Review of src\/run\.ts, completed, 6 of 6 agents/);
    assert.ok(
      rows.slice(1).every((row) => /completed/.test(row) && /offline/.test(row)),
      rows.join('\n'),
    );
    await h.shot('result');
  });

  await h.step('a link leads to the line', async () => {
    const link = h.page
      .locator('.editor-group-container')
      .nth(1)
      .locator('.detected-link', { hasText: 'run.ts:5' })
      .first();
    await link.waitFor();
    await link.click({ modifiers: ['Control'] });
    // The file becomes active a moment before its line is selected.
    await h.until('the line in the first column', () =>
      h.evaluate((vscode) => {
        const editor = vscode.window.activeTextEditor;
        const isFile = editor?.document.uri.path.endsWith('src/run.ts');
        return isFile && editor.selection.active.line === 4 && editor.viewColumn === 1;
      }),
    );
  });

  await h.step('after a reload the document, the tree and the words are still there', async () => {
    const before = await openResult(h);
    await h.written('the open result', (text) => text.includes('ensemble-result'));
    await h.reload();
    await h.page.locator('.tab', { hasText: 'Review of src-run.ts' }).waitFor();
    assert.equal(await h.until('the document', () => openResult(h)), before);
    await showAgents(h);
    const row = h.treeRow('Review of src/run.ts');
    await row.waitFor();
    assert.match(await row.getAttribute('aria-label'), /completed, 6 of 6 agents/);
    await h.shot('after reload');
  });
};
