/** Two folders in one window: the person picks one, findings land in its files. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { openResult, SAMPLE } from '../lib/product.mjs';

export const options = { files: { 'first/a.ts': 'export const a = 1;\n' } };

export default async (h) => {
  const folder = (name) => path.join(h.workspace, name);

  await h.step('two folders are open', async () => {
    fs.mkdirSync(folder('second'));
    fs.writeFileSync(path.join(folder('second'), 'b.ts'), SAMPLE);
    const workspaceFile = path.join(h.workspace, 'both.code-workspace');
    fs.writeFileSync(workspaceFile, JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
    h.window = await h.openWindow({ workspace: workspaceFile });
    const names = () =>
      h.window.evaluate((vscode) => (vscode.workspace.workspaceFolders ?? []).map(({ name }) => name).join());
    await h.until('both folders', 60_000, async () => (await names()) === 'first,second');
  });

  await h.step('the one that is picked is reviewed', async () => {
    await h.window.command('Ensemble: Review Workspace');
    await h.window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'second' }).click();
    const text = await h.until('the result', 60_000, () => openResult(h.window));
    assert.match(text, /second\/b\.ts:4/);
    assert.match(text, /\/second\/b\.ts#L4/);
    assert.doesNotMatch(text, /first\/a\.ts/);
    const found = await h.until('diagnostics', 60_000, async () => {
      const files = await h.window.evaluate((vscode) =>
        vscode.languages
          .getDiagnostics()
          .flatMap(([uri, all]) => (all.some(({ source }) => source === 'Ensemble') ? [uri.path] : [])),
      );
      return files.length > 0 && files;
    });
    assert.equal(found.length, 1);
    assert.ok(found[0].endsWith('/second/b.ts'));
  });
};
