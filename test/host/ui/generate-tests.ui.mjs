/** Tests by the built-in rules: proposed beside their like, accepted, run after a question, the outcome told. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { openResult } from '../lib/product.mjs';

const CODE = `/** Makes a title fit for an address. */
export function slug(title) {
  return title.trim().toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
`;
const OTHER_TEST = `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

describe('arithmetic', () => {
  it('adds', () => assert.equal(1 + 1, 2));
});
`;

export const options = {
  files: {
    'package.json': '{ "name": "sample", "type": "module", "scripts": { "test": "node --test" } }\n',
    'src/slug.js': CODE,
    'test/arithmetic.test.js': OTHER_TEST,
  },
  settings: { 'editor.minimap.enabled': false, 'workbench.colorTheme': 'Default Dark Modern' },
};

export default async (h) => {
  const rows = h.page.locator('.quick-input-list .monaco-list-row');
  const dialog = h.page.locator('.monaco-dialog-box');
  const file = path.join(h.workspace, 'test', 'slug.test.js');

  await h.step('the Explorer offers tests for a file, in the framework of the project', async () => {
    await h.command('View: Show Explorer');
    await h.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'src' }).click();
    const entry = h.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'slug.js' });
    await h.contextMenu(entry, 'Ensemble', 'Generate Tests for File...');
    await rows.filter({ hasText: 'node:test' }).first().waitFor();
    await h.shot('framework');
    await h.page.keyboard.press('Enter');
    await h.page.locator('.tab.active', { hasText: 'slug.test.js (proposed new file)' }).waitFor();
    await h.line("from 'node:test'").waitFor();
    await h.shot('proposed');
    assert.equal(fs.existsSync(file), false);
  });

  await h.step('accepting writes the file next to its like', async () => {
    await h.page.locator('.editor-actions a[aria-label^="Apply Proposed Changes"]').first().click();
    await h.until('the file', () => fs.existsSync(file));
    assert.match(fs.readFileSync(file, 'utf8'), /\.\.\/src\/slug\.js/);
    await h.page.locator('.tab.active', { hasText: 'slug.test.js' }).waitFor();
    await h.notification('Run them now?').waitFor();
    await h.shot('written');
  });

  await h.step('a question shows the exact command before anything runs', async () => {
    await h.notification('Run them now?').getByRole('button', { name: 'Run Tests...' }).click();
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /node --test test\/slug\.test\.js/);
    await h.shot('question');
    await dialog.getByRole('button', { name: 'Run Tests' }).click();
    await h.notification('The generated tests').waitFor();
    const told = await h.notification('The generated tests').innerText();
    assert.match(told, /pass/, told);
    await h.shot('passed');
  });

  await h.step('the result remembers how they ended', async () => {
    await h.command('Ensemble: Open Result');
    await rows.filter({ hasText: 'Tests of src/slug.js' }).click();
    const text = await h.until('the result', () => openResult(h));
    assert.match(text, /^> \*\*The tests pass\*\*, run on .* with `node --test test\/slug\.test\.js`\.$/m);
  });

  await h.step('tests that fail say so and offer to be repaired', async () => {
    fs.writeFileSync(file, `${OTHER_TEST.replace('1 + 1, 2', '1 + 1, 3')}`);
    await h.evaluate((vscode) => vscode.commands.executeCommand('notifications.clearAll'));
    await h.command('Ensemble: Run Generated Tests...');
    await rows.filter({ hasText: 'Tests of src/slug.js' }).click();
    await dialog.getByRole('button', { name: 'Run Tests' }).click();
    const toast = h.notification('The generated tests fail (exit code 1)');
    await toast.waitFor();
    await toast.getByRole('button', { name: 'Repair with Agents' }).waitFor();
    await h.shot('failed');
  });

  await h.step('what was refused does not run', async () => {
    await h.evaluate((vscode) => vscode.commands.executeCommand('notifications.clearAll'));
    await h.command('Ensemble: Run Generated Tests...');
    await rows.filter({ hasText: 'Tests of src/slug.js' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await h.notification('The generated tests').count(), 0);
  });

  await h.step('light', async () => {
    await h.evaluate((vscode) =>
      vscode.workspace
        .getConfiguration()
        .update('workbench.colorTheme', 'Default Light Modern', vscode.ConfigurationTarget.Global),
    );
    await h.page.locator('.monaco-workbench.vs').waitFor();
    await h.shot('light');
  });
};
