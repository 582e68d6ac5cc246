/** VS Code in the browser: the bundle without Node in a web worker, offline review of a selection, a prompt, a reload. */
import assert from 'node:assert/strict';
import { agentRows, agentsPane, diagnostics, foldViews, openResult, SAMPLE, showAgents } from '../lib/product.mjs';

const ID = 'ensemble.ensemble-agents';

export const options = {
  files: { 'src/run.ts': `// The first line.\n${SAMPLE}` },
  settings: { 'remote.extensionKind': { [ID]: ['web'] } },
};

export default async (h) => {
  const prompts = h.page.locator('.part.sidebar .pane', {
    has: h.page.locator('h3', { hasText: /^Prompt Library$/i }),
  });

  await h.step('runs in the browser and not in the process of the server', async () => {
    await h.openFile('src/run.ts');
    const isHere = (vscode, id) => Boolean(vscode.extensions.getExtension(id));
    assert.equal(await h.evaluate(isHere, ID), false, 'the process has the extension');
    await h.until('its commands', () =>
      h.evaluate(async (vscode) => (await vscode.commands.getCommands(true)).includes('ensemble.reviewFile')),
    );
  });

  await h.step('reviews a selection without a key', async () => {
    await h.openFile('src/run.ts');
    await h.line('export function run').click({ position: { x: 2, y: 8 } });
    await h.page.keyboard.press('Home');
    for (let line = 0; line < 4; line++) await h.page.keyboard.press('Shift+ArrowDown');
    await h.contextMenu(h.line('eval(input)'), 'Ensemble', 'Review Selection with Agents', {
      position: { x: 40, y: 8 },
    });
    const text = await h.until('the result document', () => openResult(h));
    assert.match(text, /src\/run\.ts#L5/);
    const found = await h.until('diagnostics', async () => {
      const all = await diagnostics(h, 'src/run.ts');
      return all.length > 0 && all;
    });
    assert.ok(
      found.some(({ line }) => line === 5),
      JSON.stringify(found),
    );
    await showAgents(h);
    await h.treeRow('completed').waitFor();
    await h.shot('review');
  });

  await h.step('keeps a prompt that was edited', async () => {
    await h.evaluate(async (vscode) => {
      const uri = vscode.Uri.parse('ensemble-prompt:/in-the-browser.md');
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('Look at {{code}} in the browser.\n'));
    });
    await h.command('Ensemble: Focus on Prompt Library View');
    await foldViews(h, 'Agents', 'Accounts');
    await prompts.locator('.monaco-list-row', { hasText: 'in-the-browser' }).first().waitFor();
    await h.shot('prompt');
  });

  await h.step('has both after the window was loaded again', async () => {
    await h.reload();
    const row = prompts.locator('.monaco-list-row', { hasText: 'in-the-browser' }).first();
    await h.command('Ensemble: Focus on Prompt Library View');
    await foldViews(h, 'Agents', 'Accounts');
    await row.waitFor();
    assert.match((await h.until('the result document', () => openResult(h))) ?? '', /src\/run\.ts#L5/);
    await agentsPane(h).locator('.pane-header').click();
    const rows = await h.until('the run', async () => {
      const all = await agentRows(h);
      return all.some((one) => /Review of src\/run\.ts/.test(one)) && all;
    });
    assert.ok(rows.length > 0);
    await h.shot('reloaded');
  });
};
