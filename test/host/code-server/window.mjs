import fs from 'node:fs';
import path from 'node:path';
import { callInHost, exthostPid, forgetSockets } from './remote-call.mjs';
import { sleep, until } from './wait.mjs';

const EXTENSION_ID = 'ensemble.ensemble-agents';
const QUICK_INPUT = '.quick-input-widget:not([style*="display: none"]) input[type="text"]';
/** A menu ignores the mouse for its first 100 ms. */
const MENU_DELAY_MS = 300;
/** A menu whose entry is not there for so long was closed, ms. */
const MENU_PATIENCE_MS = 10_000;
/** How long a click may take to show something before it counts as lost. */
const ACTION_DELAY_MS = 5000;
/** How long the palette may take to filter its list. */
const LIST_DELAY_MS = 1500;

/** One window of the workbench, as a person sees it, plus a way into its extension host. */
export class WorkbenchWindow {
  page;
  workspace;
  #url;
  #bridge;

  /** @param bridge the folder in which this window's extension host opens its socket; none where a suite runs */
  constructor({ page, url, bridge, workspace }) {
    this.page = page;
    this.workspace = workspace;
    this.#url = url;
    this.#bridge = bridge;
  }

  async open() {
    await this.page.goto(this.#url);
    await this.#ready();
  }

  async reload() {
    forgetSockets(this.#bridge);
    await this.page.reload();
    await this.#ready();
  }

  /**
   * Waits until what the workbench has written of this window, every few seconds, is as `isWritten(text)` wants it: what a
   * reload finds. `key`: whose state; default: the editors that are open.
   */
  async written(what, isWritten, key = 'memento/workbench.parts.editor') {
    await until(`what is written of ${what}`, async () => isWritten(await this.page.evaluate(readWrittenState, key)));
  }

  /** Shown, and the extension host answers: by then the contributions of all extensions are known. */
  async #ready() {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    if (this.#bridge) await this.exthostPid();
  }

  /** Runs `fn(vscode, arg)` inside this window's extension host; `fn` is sent as text, JSON in and out. */
  evaluate(fn, arg, options) {
    return callInHost(this.#bridge, fn, arg, options);
  }

  /** Runs `fn(api, arg, vscode)`, where `api` is what the extension's activate() returned. */
  api(fn, arg, options) {
    const call = `async (vscode, arg) => {
      const extension = vscode.extensions.getExtension(${JSON.stringify(EXTENSION_ID)});
      if (!extension) throw new Error(${JSON.stringify(`${EXTENSION_ID} is not loaded in this window.`)});
      return (${fn})(await extension.activate(), arg, vscode);
    }`;
    return callInHost(this.#bridge, call, arg, options);
  }

  exthostPid() {
    return exthostPid(this.#bridge);
  }

  /**
   * Types a command's title into the palette and takes the hit by Enter: a click that is reported as too late may have been
   * taken all the same, and its command would run twice. The palette lists what was known when it opened: where the command
   * is missing (its `when` may become true in a moment) it is opened again; so it is where a busy window has not heard the key.
   */
  async command(title) {
    const chosen = this.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: title });
    // A window that needs longer than that for its list would need it each time.
    let patience = LIST_DELAY_MS;
    await until(`the command "${title}" in the palette`, async () => {
      await this.page.keyboard.press('F1');
      const input = this.page.locator(QUICK_INPUT).first();
      const found = await input
        .waitFor({ timeout: ACTION_DELAY_MS })
        // An editor that opens meanwhile takes the focus, and the palette is gone.
        .then(() => input.fill(`>${title}`, { timeout: LIST_DELAY_MS }))
        .then(() => chosen.waitFor({ timeout: patience }))
        .then(
          () => true,
          () => false,
        );
      patience *= 2;
      await this.page.keyboard.press(found ? 'Enter' : 'Escape');
      return found;
    });
  }

  /** Opens a file of the workspace (or an absolute path) in an editor and gives it the focus. */
  async openFile(file) {
    const absolute = path.resolve(this.workspace, file);
    await this.evaluate(async (vscode, target) => {
      await vscode.window.showTextDocument(vscode.Uri.file(target), { preview: false });
    }, absolute);
    await this.page
      .locator('.tab.active', { hasText: path.basename(file) })
      .first()
      .waitFor();
  }

  /**
   * Clicks the button `label` of a view's row (or header) until `expected` is there: a view that is drawn anew under the mouse
   * swallows a click.
   */
  async rowAction(row, label, expected) {
    const patience = { timeout: ACTION_DELAY_MS };
    const done = (work) =>
      work.then(
        () => true,
        () => false,
      );
    await until(`what "${label}" shows`, async () => {
      if (await expected.isVisible()) return true;
      await row.hover(patience);
      await row.locator(`.action-label[aria-label^="${label}"]`).click(patience);
      return done(expected.waitFor(patience));
    });
  }

  /** The first visible editor line that contains `text`. */
  line(text) {
    return this.page.locator('.monaco-editor .view-line', { hasText: text }).first();
  }

  /**
   * Right-clicks, then picks a menu entry by its text; several labels walk through submenus. `click` is what Playwright's
   * click takes, such as a position. A view that is drawn anew closes its menu: it is opened again.
   */
  async contextMenu(locator, ...labels) {
    const click = typeof labels.at(-1) === 'object' ? labels.pop() : {};
    await until(`the menu entry "${labels.join(' > ')}"`, async () => {
      await locator.click({ ...click, button: 'right' });
      for (const label of labels) {
        const entry = this.page.locator('.monaco-menu a.action-menu-item', { hasText: label }).last();
        const patience = { timeout: MENU_PATIENCE_MS };
        const taken = await entry
          .waitFor(patience)
          .then(() => sleep(MENU_DELAY_MS))
          .then(() => entry.click(patience))
          .then(
            () => true,
            () => false,
          );
        if (taken) continue;
        await this.page.keyboard.press('Escape');
        return false;
      }
      return true;
    });
  }

  /** A row of any tree view. */
  treeRow(text) {
    return this.page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
  }

  notification(text) {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  /** The document inside the n-th webview: two nested frames. */
  webview(n = 0) {
    return this.page.frameLocator('iframe.webview.ready').nth(n).frameLocator('iframe#active-frame');
  }

  /** VS Code's own figures of our extension's activation, in ms: loading the code, calling activate(), until it resolved. */
  async activationTimes() {
    await this.api(() => true);
    const report = await this.evaluate(async (vscode) => {
      await vscode.commands.executeCommand('perfview.show');
      for (let attempt = 0; attempt < 100; attempt++) {
        const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'perf');
        if (document?.getText().includes('ensemble-agents')) return document.getText();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return '';
    });
    return parseActivation(report);
  }

  /** Where the picture of this window's current state was written. */
  async screenshot(file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file, timeout: 60_000 });
    return file;
  }

  until = until;
  sleep = sleep;
}

/** Runs in the page: the state that is kept for this workspace under `key`, as text; '' where nothing is. */
async function readWrittenState(key) {
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const names = (await indexedDB.databases()).map(({ name }) => name);
  const texts = names
    .filter((name) => /^vscode-web-state-db-(?!global)/.test(name))
    .map(async (name) => {
      const database = await done(indexedDB.open(name));
      try {
        return await done(database.transaction('ItemTable').objectStore('ItemTable').get(key));
      } finally {
        database.close();
      }
    });
  return (await Promise.all(texts)).filter((text) => typeof text === 'string').join('\n');
}

/** Reads the row of our extension from the table "Extension Activation Stats". */
function parseActivation(report) {
  const rows = report.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const header = rows.find((cells) => cells.includes('Load Code'));
  const row = rows.find((cells) => cells.some((cell) => cell.includes('ensemble-agents')));
  if (!header || !row) throw new Error(`No activation figures of ${EXTENSION_ID} in VS Code's report.`);
  const figure = (name) => Number(row[header.indexOf(name)]);
  return { load: figure('Load Code'), call: figure('Call Activate'), finish: figure('Finish Activate') };
}
