/** Two folders in one window: the person picks one, findings land in its files; so with two repositories. The history follows. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { openResult, SAMPLE } from '../lib/product.mjs';

/** How long VS Code may take to know the folders of a workspace. */
const FOLDERS_MS = 30_000;

export const options = { files: { 'first/a.ts': 'export const a = 1;\n' } };

export default async (h) => {
  const folder = (name) => path.join(h.workspace, name);

  /** By keyboard: where the mouse happens to rest, a row may show its hover over the others. */
  const pick = async (name) => {
    const rows = h.window.page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: name }).first().waitFor();
    await h.window.page.keyboard.type(name);
    await h.until('the only row', async () => (await rows.count()) === 1);
    await h.window.page.keyboard.press('Enter');
  };

  const openBoth = async (workspaceFile) => {
    const window = await h.openWindow({ workspace: workspaceFile });
    const names = () =>
      window.evaluate((vscode) => (vscode.workspace.workspaceFolders ?? []).map(({ name }) => name).join());
    // Once in many times VS Code opens the file of a workspace without its folders, and stays so until it is loaded again.
    const both = () => h.until('both folders', async () => (await names()) === 'first,second', FOLDERS_MS);
    await both().catch(async () => {
      h.log(`The window has the folders "${await names()}" and is loaded again.`);
      await window.reload();
      await both();
    });
    return window;
  };

  await h.step('two folders are open', async () => {
    fs.mkdirSync(folder('second'));
    fs.writeFileSync(path.join(folder('second'), 'b.ts'), SAMPLE);
    const workspaceFile = path.join(h.workspace, 'both.code-workspace');
    fs.writeFileSync(workspaceFile, JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
    h.window = await openBoth(workspaceFile);
  });

  await h.step('the one that is picked is reviewed', async () => {
    await h.window.command('Ensemble: Review Workspace');
    await pick('second');
    const text = await h.until('the result', () => openResult(h.window));
    assert.match(text, /second\/b\.ts:4/);
    assert.match(text, /\/second\/b\.ts#L4/);
    assert.doesNotMatch(text, /first\/a\.ts/);
    const found = await h.until('diagnostics', async () => {
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

  await h.step('of two repositories the changes of the one that is picked are reviewed', async () => {
    for (const name of ['first', 'second']) {
      const git = (...args) => execFileSync('git', args, { cwd: folder(name), stdio: 'ignore' });
      git('init', '-q');
      git('add', '.');
      git('-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', 'commit', '-qm', 'start');
      fs.writeFileSync(
        path.join(folder(name), 'changed.ts'),
        `export const ${name} = (input: string) => eval(input);\n`,
      );
    }
    await h.until('both repositories', () =>
      h.window.evaluate(
        async (vscode, folders) => {
          const git = (await vscode.extensions.getExtension('vscode.git').activate()).getAPI(1);
          for (const each of folders) await git.openRepository(vscode.Uri.file(each));
          return git.repositories.length === 2;
        },
        [folder('first'), folder('second')],
      ),
    );
    await h.window.command('Ensemble: Review Changes');
    await h.window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'All Repositories' }).waitFor();
    await pick('first');
    const found = await h.until('its finding', () =>
      h.window.evaluate((vscode) =>
        vscode.languages
          .getDiagnostics()
          .flatMap(([uri, all]) => (all.some(({ source }) => source === 'Ensemble') ? [uri.path] : []))
          .find((file) => file.endsWith('/changed.ts')),
      ),
    );
    assert.ok(found.endsWith('/first/changed.ts'), found);
  });

  await h.step('the file of the workspace was renamed: its history is here', async () => {
    fs.renameSync(folder('both.code-workspace'), folder('renamed.code-workspace'));
    const window = await openBoth(folder('renamed.code-workspace'));
    await window.command('Ensemble: Focus on History View');
    await window.notification('The history of both (Workspace) is shown here too.').waitFor();
    const rows = window.page.locator('.part.sidebar .monaco-list-row[aria-label^="Review of"]');
    await h.until('its runs', async () => (await rows.count()) >= 2);
  });
};
