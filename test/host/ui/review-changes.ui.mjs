/** Uncommitted changes from source control: only what changed counts; nothing changed; a whole workspace with its estimate. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { diagnostics, openResult } from '../lib/product.mjs';
import { UNKNOWN_PRICES } from '../lib/scripted-team.mjs';

const OLD = [
  'export function load(text: string): unknown {',
  '  try {',
  '    return JSON.parse(text);',
  '  } catch (error) {}',
  '  return undefined;',
  '}',
  '',
].join('\n');
// A name that never resolves (RFC 2606): nothing can be reached by mistake.
const account = { name: 'far', provider: 'openai-compatible', baseURL: 'https://models.invalid/v1' };

export const options = {
  git: true,
  files: { 'load.ts': OLD, 'other.ts': 'export const fine = 1;\n' },
  settings: { ...UNKNOWN_PRICES, 'typescript.validate.enable': false },
};

export default async (h) => {
  const dialog = h.page.locator('.monaco-dialog-box');
  const write = (name, text) => fs.writeFileSync(path.join(h.workspace, name), text);
  const clear = () => h.evaluate((vscode) => vscode.commands.executeCommand('notifications.clearAll'));

  await h.step('with everything committed a calm sentence says so', async () => {
    await h.until('git', () =>
      h.evaluate(async (vscode) => {
        const git = await vscode.extensions.getExtension('vscode.git')?.activate();
        return (git?.getAPI(1).repositories.length ?? 0) > 0;
      }),
    );
    await h.command('Ensemble: Review Changes');
    await h.notification('no changes to review').waitFor();
    assert.equal(await openResult(h), null);
    await clear();
  });

  await h.step('the button of the source control view reviews the changed lines', async () => {
    write('load.ts', `${OLD}\nexport const run = (input: string) => eval(input);\n`);
    await h.evaluate((vscode) => vscode.commands.executeCommand('workbench.view.scm'));
    await h.openFile('load.ts');
    const button = h.page.locator('.part.sidebar a[aria-label^="Review Changes"]').first();
    // The editor shows the buttons of a view's header while the mouse is over it.
    await h.page.locator('.part.sidebar .pane-header', { hasText: 'Changes' }).first().hover();
    await button.waitFor();
    await button.click();
    const text = await h.until('the result', () => openResult(h));
    h.log(text.split('\n').slice(0, 6).join(' '));
    assert.match(text, /load\.ts:8/);
    assert.match(text, /about lines that have not changed/);
    assert.doesNotMatch(text, /other\.ts/);
    const lines = (await diagnostics(h, 'load.ts')).map(({ line }) => line);
    assert.ok(lines.length > 0 && lines.every((line) => line === 8), lines.join());
    await h.shot('changes');
  });

  await h.step('a single change is reviewed from its context menu', async () => {
    write('other.ts', 'export const fine = (input: string) => eval(input);\n');
    const row = h.page.locator('.part.sidebar .monaco-list-row', { hasText: 'other.ts' });
    await row.waitFor();
    await h.contextMenu(row, 'Review Changes');
    await h.until('its finding', async () => (await diagnostics(h, 'other.ts')).length > 0);
  });

  await h.step('a review of the whole workspace shows its estimate and sends nothing when it is refused', async () => {
    await h.evaluate(
      (vscode, value) =>
        vscode.workspace.getConfiguration('ensemble').update('accounts', value, vscode.ConfigurationTarget.Global),
      [account],
    );
    await clear();
    await h.command('Ensemble: Review Workspace');
    await dialog.waitFor();
    const text = await dialog.innerText();
    h.log(text.replaceAll('\n', ' | '));
    for (const fact of ['2 files', 'far', 'models.invalid', 'model calls', 'tokens', 'Cost'])
      assert.ok(text.includes(fact), text);
    await h.shot('estimate');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await h.notification('Nothing was sent').waitFor();
  });
};
