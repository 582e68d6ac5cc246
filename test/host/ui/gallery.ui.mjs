/** Pictures of every surface that needs a trusted folder, with a scripted team at work on the bundled sample. */
import { PICTURE_SETTINGS, takePictures } from '../lib/pictures.mjs';
import { accountRow, foldViews, openResult, quickInput, showAccounts, showAgents } from '../lib/product.mjs';
import { sampleAnswerFor } from '../lib/sample-answers.mjs';
import { setAccounts, teamAccount, UNKNOWN_PRICES, withTeamServer } from '../lib/scripted-team.mjs';

export const options = {
  onDemand: true,
  target: 'vsix',
  workspace: 'media/sample',
  git: true,
  viewport: { width: 1360, height: 850 },
  settings: { ...UNKNOWN_PRICES, ...PICTURE_SETTINGS },
  timeoutMs: 900_000,
};

const run = (h, command, ...args) =>
  h.evaluate((vscode, [id, ...rest]) => vscode.commands.executeCommand(id, ...rest), [command, ...args]);

/** Starts a command that asks, without waiting for the answer. */
const begin = (h, command) =>
  h.evaluate((vscode, id) => {
    vscode.commands.executeCommand(id);
  }, command);

/** Drags the side bar's edge to the right. */
async function widenSideBar(h, pixels) {
  const { x, y, width } = await h.page.locator('.part.sidebar').boundingBox();
  await h.page.mouse.move(x + width, y + 300);
  await h.page.mouse.down();
  await h.page.mouse.move(x + width + pixels, y + 300, { steps: 5 });
  await h.page.mouse.up();
  await h.page.mouse.move(x + width / 2, y + 500);
}

async function openServer(h, { first, last }) {
  await run(h, 'workbench.action.closeAllEditors');
  await h.openFile('server.ts');
  await h.evaluate(
    (vscode, [from, to]) => {
      const editor = vscode.window.activeTextEditor;
      editor.selection = new vscode.Selection(from, 0, to, 0);
      editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenter);
    },
    [first, last],
  );
}

/** A row of one view of the side bar. */
const rowOf = (h, view, text) =>
  h.page
    .locator('.part.sidebar .pane', { has: h.page.locator(`.pane-header[aria-label*="${view}"]`) })
    .locator('.monaco-list-row', { hasText: text })
    .first();

const quiet = (h) => run(h, 'notifications.clearAll');
const pressEscape = (h) => h.page.keyboard.press('Escape');

const SCENES = [
  {
    name: 'review',
    readme: true,
    async show(h) {
      await openServer(h, { first: 12, last: 49 });
      await begin(h, 'ensemble.reviewSelection');
      await h.until('the result', () => openResult(h));
      await h.evaluate((vscode) => {
        const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.path.endsWith('server.ts'));
        if (editor) editor.selection = new vscode.Selection(12, 0, 12, 0);
      });
      await showAgents(h);
      await h.treeRow('Review for security').click();
      await widenSideBar(h, 60);
      await run(h, 'workbench.action.closePanel');
      await quiet(h);
    },
  },
  {
    name: 'finding',
    readme: true,
    async show(h) {
      await openServer(h, { first: 11, last: 11 });
      await run(h, 'ensemble.nextFinding');
      await h.page.locator('.review-widget:visible').first().waitFor();
    },
    leave: (h) => pressEscape(h),
  },
  {
    name: 'dashboard',
    readme: true,
    async show(h) {
      await run(h, 'workbench.action.closeAllEditors');
      await run(h, 'ensemble.openDashboard');
      await h.webview(0).locator('button.node').first().click();
      await run(h, 'workbench.action.closeSidebar');
    },
    leave: (h) => run(h, 'workbench.action.closeAllEditors'),
  },
  {
    name: 'accounts',
    async show(h) {
      await showAccounts(h);
      await accountRow(h, 'team-a').click();
      await h.page.keyboard.press('ArrowRight');
    },
  },
  {
    name: 'add account',
    async show(h) {
      await begin(h, 'ensemble.addAccount');
      await quickInput(h).locator('.monaco-list-row').first().waitFor();
    },
    leave: (h) => pressEscape(h),
  },
  {
    name: 'refactor',
    readme: true,
    async show(h) {
      await openServer(h, { first: 41, last: 45 });
      await begin(h, 'ensemble.refactorSelection');
      await quickInput(h).locator('.monaco-list-row').filter({ hasText: 'Error Handling' }).click();
      await h.page.locator('.tab.active', { hasText: 'proposed' }).waitFor();
      await quiet(h);
    },
    leave: (h) => run(h, 'ensemble.discardProposedEdits'),
  },
  {
    name: 'context menu',
    async show(h) {
      await openServer(h, { first: 41, last: 45 });
      await h.contextMenu(h.line('const total'), 'Ensemble', { position: { x: 40, y: 8 } });
    },
    async leave(h) {
      await pressEscape(h);
      await pressEscape(h);
    },
  },
  {
    name: 'prompt-library',
    readme: true,
    async show(h) {
      await foldViews(h, 'Agents', 'Accounts');
      await run(h, 'ensemble.prompts.focus');
      await rowOf(h, 'Prompt Library', 'code-review').waitFor();
    },
  },
  {
    name: 'prompt form',
    async show(h) {
      const message = quickInput(h).locator('.quick-input-message', { hasText: 'focus' });
      await h.rowAction(rowOf(h, 'Prompt Library', 'code-review'), 'Run Prompt', message);
    },
    leave: (h) => pressEscape(h),
  },
  {
    name: 'history',
    async show(h) {
      await foldViews(h, 'Prompt Library');
      await run(h, 'ensemble.history.focus');
      await rowOf(h, 'History', 'Review of server.ts').waitFor();
    },
  },
  {
    name: 'actions',
    async show(h) {
      await begin(h, 'ensemble.showActions');
      await quickInput(h).locator('.monaco-list-row').first().waitFor();
    },
    leave: (h) => pressEscape(h),
  },
  {
    name: 'commands',
    async show(h) {
      await h.page.keyboard.press('F1');
      await quickInput(h).locator('input').first().fill('>Ensemble: Re');
      await quickInput(h).locator('.monaco-list-row').first().waitFor();
    },
    leave: (h) => pressEscape(h),
  },
  {
    name: 'walkthrough',
    async show(h) {
      await run(h, 'workbench.action.closeAllEditors');
      await run(h, 'ensemble.openWalkthrough');
      await h.page.locator('.getting-started-step').first().waitFor();
    },
    leave: (h) => run(h, 'workbench.action.closeAllEditors'),
  },
  {
    name: 'settings',
    async show(h) {
      await run(h, 'workbench.action.openSettings', '@ext:ensemble.ensemble-agents');
      await h.page.locator('.settings-editor .setting-item').first().waitFor();
    },
    leave: (h) => run(h, 'workbench.action.closeAllEditors'),
  },
];

export default (h) =>
  withTeamServer(async (server) => {
    server.script = sampleAnswerFor;
    await setAccounts(h, [teamAccount('team-a', server), teamAccount('team-b', server)]);
    await takePictures(h, SCENES);
  });
