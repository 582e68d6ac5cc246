/**
 * The History view on 100,000 runs with their conversations, beside one on three: how soon it shows rows, and what it holds in
 * memory. What a view on three runs takes is VS Code's own.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeManyRuns } from '../../support/many-runs.mjs';
import { foldViews } from '../lib/product.mjs';

const RUNS = 100_000;
const FEW_RUNS = 3;
const ROUNDS = 3;
const GOAL_MS = 300;
/** A window has come to rest when nothing kept it busy for so long, ms; and is used at the latest after the second. */
const REST_MS = 3_000;
const LATEST_MS = 30_000;
/** Rows of a page, and the one that shows the next. */
const PAGE_ROWS = 51;

export const options = { onDemand: true, timeoutMs: 600_000 };

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const shownAs = (values) => `${median(values).toFixed(0)} (${values.map((value) => value.toFixed(0)).join(', ')}) ms`;

export default async (h) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ensemble-history-'));
  try {
    await script(h, { many: path.join(folder, 'many.db'), few: path.join(folder, 'few.db') });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
};

async function script(h, files) {
  const pane = h.page.locator('.part.sidebar .pane', { has: h.page.locator('h3', { hasText: /^History/i }) });
  const rows = pane.locator('.monaco-list-row');
  const row = (text) => rows.filter({ hasText: text }).first();
  const box = h.page.locator('.quick-input-widget:not([style*="display: none"])');
  const icon = h.page.locator('.activitybar a[aria-label^="Ensemble"]').first();
  const explorer = h.page.locator('.activitybar a[aria-label^="Explorer"]').first();
  /** Bytes of the extension host's heap that something still holds. */
  const heap = () =>
    h.evaluate(() => {
      process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
      const collect = process.getBuiltinModule('node:vm').runInNewContext('gc');
      collect();
      collect();
      return process.memoryUsage().heapUsed;
    });
  /** Clicks, and says how many ms later the window shows rows of runs. Both moments are the window's own. */
  const timeToRows = async (target) => {
    await h.page.evaluate(() => {
      let began = null;
      globalThis.rowsShown = new Promise((resolve) => {
        const look = () => {
          const shown = document.querySelector('.part.sidebar .pane .monaco-list-row[aria-level="2"]');
          if (began !== null && shown?.textContent?.includes('Work ')) resolve(performance.now() - began);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
      const start = () => {
        began = performance.now();
      };
      document.addEventListener('mousedown', start, { capture: true, once: true });
    });
    await target.click();
    return h.page.evaluate(() => globalThis.rowsShown);
  };
  const hide = () =>
    h.until('the explorer in place of the view', async () => {
      await h.evaluate((vscode) => vscode.commands.executeCommand('workbench.view.explorer'));
      return !(await pane.isVisible());
    });
  /** A window that has not shown the view. What is open is kept every few seconds: a reload before that opens the view again. */
  const freshWindow = () =>
    h.until('a window without the view', async () => {
      await hide();
      await h.reload();
      await explorer.waitFor();
      return !(await pane.isVisible());
    });

  /** Resolves when the window does nothing more of itself: what it does at its start would be measured with the view. */
  const atRest = () =>
    h.page.evaluate(
      ([rest, latest]) =>
        new Promise((resolve) => {
          const began = performance.now();
          let busy = began;
          const observer = new PerformanceObserver(() => {
            busy = performance.now();
          });
          observer.observe({ entryTypes: ['longtask'] });
          const timer = setInterval(() => {
            const now = performance.now();
            if (now - busy < rest && now - began < latest) return;
            clearInterval(timer);
            observer.disconnect();
            resolve();
          }, 100);
        }),
      [REST_MS, LATEST_MS],
    );
  const use = (file) =>
    h.evaluate(
      (vscode, value) =>
        vscode.workspace.getConfiguration('ensemble').update('databasePath', value, vscode.ConfigurationTarget.Global),
      file,
    );

  await h.step(`has a database with ${RUNS} runs`, async () => {
    const workspace = await h.evaluate((vscode) => vscode.workspace.workspaceFolders[0].uri.fsPath);
    await writeManyRuns(files.few, { count: FEW_RUNS, workspace });
    await writeManyRuns(files.many, { count: RUNS, workspace });
    h.log(`${(fs.statSync(files.many).size / 1e6).toFixed(0)} MB`);
    await use(files.many);
    await h.command('Ensemble: Focus on History View');
    await foldViews(h, 'Agents', 'Accounts', 'Prompt Library', 'Documents');
    await freshWindow();
    await icon.click();
    await row('Work 0').waitFor();
    await h.shot('rows');
    // The backup of the day is no part of what is measured.
    const backups = `${files.many}.backups`;
    await h.until(
      'the backup of the day',
      () => fs.existsSync(backups) && fs.readdirSync(backups).some((name) => name.endsWith('.db')),
    );
  });

  await h.step('shows rows soon after a window was opened, after its first use, and again', async () => {
    const seen = { few: { started: [], opened: [], again: [] }, many: { started: [], opened: [], again: [] } };
    for (let round = 0; round < ROUNDS; round++) {
      for (const size of ['few', 'many']) {
        await use(files[size]);
        await freshWindow();
        seen[size].started.push(await timeToRows(icon));
        await hide();
        seen[size].again.push(await timeToRows(icon));
        await freshWindow();
        // Opens the database. The editor is closed again: its own work would be measured with the view.
        await h.evaluate(async (vscode) => {
          await vscode.commands.executeCommand('ensemble.showAuditLog');
          await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        });
        await atRest();
        seen[size].opened.push(await timeToRows(icon));
      }
    }
    for (const [size, runs] of [
      ['few', FEW_RUNS],
      ['many', RUNS],
    ]) {
      h.log(`${runs} runs, in a window that has just been opened: ${shownAs(seen[size].started)}`);
      h.log(`${runs} runs, window at rest, view never shown: ${shownAs(seen[size].opened)}`);
      h.log(`${runs} runs, shown again: ${shownAs(seen[size].again)}`);
    }
    h.log(`goal: ${GOAL_MS} ms with the window at rest`);
  });

  await h.step('holds a page of rows, and the next when it is asked for', async () => {
    const before = await heap();
    const listed = async () => Number(await row('Work').getAttribute('aria-setsize'));
    assert.equal(await listed(), PAGE_ROWS);
    for (let pages = 2; pages <= 4; pages++) {
      await row('Work').click();
      await h.page.keyboard.press('End');
      while (!(await row('Load More').isVisible())) await h.page.keyboard.press('PageDown');
      await row('Load More').click();
      await h.until(`page ${pages}`, async () => (await listed()) === (PAGE_ROWS - 1) * pages + 1);
      await h.page.keyboard.press('Home');
    }
    const grown = (await heap()) - before;
    h.log(
      `heap of the extension host with a page: ${(before / 1e6).toFixed(1)} MB; three pages more: ${(grown / 1e6).toFixed(2)} MB`,
    );
    assert.ok(grown < 3e6, 'three pages of rows are small');
    await h.shot('more');
  });

  await h.step('finds words, and filters', async () => {
    await h.command('Ensemble: Search History...');
    await box.getByPlaceholder('Words of what was asked').waitFor();
    await h.page.keyboard.type('report');
    const hit = box.locator('.monaco-list-row', { hasText: 'report' }).first();
    await hit.waitFor();
    await h.shot('search');
    await h.page.keyboard.press('Escape');
    await h.command('Ensemble: Filter History...');
    await h.page.keyboard.type('failed');
    await box.locator('.monaco-list-row', { hasText: 'failed' }).first().click();
    // Runs that failed were shown before as well.
    await h.until('only runs that failed', async () => !(await row('· completed').isVisible()));
    await row('· failed').waitFor();
    await h.shot('filter');
  });
}
