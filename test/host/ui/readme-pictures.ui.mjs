/**
 * The pictures of the README, taken from the real window: the bundled sample, reviewed by the built-in rules.
 * They go to the ignored folder of screenshots; ENSEMBLE_PICTURES=1 also replaces those in docs/images.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { inProject } from '../../../scripts/lib/project.mjs';
import { openResult, showAgents } from '../lib/product.mjs';

const MOST_BYTES = 250_000;

export const options = {
  onDemand: true,
  target: 'vsix',
  workspace: 'media/sample',
  viewport: { width: 1360, height: 850 },
  settings: {
    'workbench.colorTheme': 'Default Dark Modern',
    'workbench.preferredDarkColorTheme': 'Default Dark Modern',
    'window.autoDetectColorScheme': false,
    'editor.minimap.enabled': false,
    'breadcrumbs.enabled': false,
    // The sample's packages are not installed: what is red is what the agents found.
    'typescript.validate.enable': false,
  },
};

/** Drags the side bar's edge to the right. */
async function widenSideBar(h, pixels) {
  const { x, y, width } = await h.page.locator('.part.sidebar').boundingBox();
  await h.page.mouse.move(x + width, y + 300);
  await h.page.mouse.down();
  await h.page.mouse.move(x + width + pixels, y + 300, { steps: 5 });
  await h.page.mouse.up();
  await h.page.mouse.move(x + width / 2, y + 500);
}

export default async (h) => {
  const run = (command) => h.evaluate((vscode, id) => vscode.commands.executeCommand(id), command);
  const picture = async (name) => {
    await run('notifications.clearAll');
    await h.sleep(1000); // fading and colouring
    const file = await h.shot(name);
    const { size } = fs.statSync(file);
    h.log(`${name}: ${size} bytes`);
    assert.ok(size < MOST_BYTES);
    if (process.env.ENSEMBLE_PICTURES !== '1') return;
    fs.mkdirSync(inProject('docs', 'images'), { recursive: true });
    fs.copyFileSync(file, inProject('docs', 'images', `${name}.png`));
  };

  await h.step('a selection of the sample is reviewed', async () => {
    await h.openFile('server.ts');
    await h.evaluate((vscode) => {
      const editor = vscode.window.activeTextEditor;
      editor.selection = new vscode.Selection(12, 0, 49, 3);
    });
    const on = { position: { x: 40, y: 8 } };
    await h.contextMenu(h.line("app.get('/search'"), 'Ensemble', 'Review Selection with Agents', on);
    await h.until('the result', 60_000, () => openResult(h));
    await h.notification('without a language model').waitFor();
    await h.evaluate((vscode) => {
      vscode.window.activeTextEditor.selection = new vscode.Selection(14, 0, 14, 0);
    });
    await showAgents(h);
    await h.treeRow('Sum up the findings').waitFor();
    await h.treeRow('Review for security').click();
    await widenSideBar(h, 120);
  });

  await h.step('dark', () => picture('review-dark'));

  await h.step('light', async () => {
    await h.evaluate((vscode) =>
      vscode.workspace
        .getConfiguration()
        .update('workbench.colorTheme', 'Default Light Modern', vscode.ConfigurationTarget.Global),
    );
    await h.page.locator('.monaco-workbench.vs').waitFor();
    await picture('review-light');
  });
};
