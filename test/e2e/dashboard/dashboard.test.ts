import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import {
  COORDINATED,
  EMPTY,
  FAILED,
  hostile,
  longRun,
  RUNNING,
  samplePatch,
  sampleTask,
} from '../../support/dashboard-samples.ts';
import { DashboardPage, launchBrowser, type PageOptions, THEMES } from './dashboard-page.ts';

describe('the page of the Dashboard', () => {
  let browser: Browser;
  let shown: DashboardPage | null = null;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());
  afterEach(async () => {
    await shown?.close();
    shown = null;
  });

  async function open(options: PageOptions = {}): Promise<DashboardPage> {
    shown = await DashboardPage.open(browser, options);
    return shown;
  }

  describe('in every theme of the editor', () => {
    for (const theme of Object.keys(THEMES)) {
      it(`has nothing that axe objects to: ${theme}`, async () => {
        const dashboard = await open({ theme });
        const { page } = dashboard;
        for (const [name, snapshot] of Object.entries({ empty: EMPTY, running: RUNNING, failed: FAILED })) {
          await dashboard.send(snapshot);
          assert.deepEqual(await dashboard.axe(), [], name);
          await dashboard.shot(`${theme}-${name}`);
        }
        await page.locator('button.node', { hasText: 'performance' }).click();
        assert.deepEqual(await dashboard.axe(), [], 'details');
        await dashboard.shot(`${theme}-details`);
        for (const toggle of await page.locator('.switch').all()) await toggle.click();
        assert.deepEqual(await dashboard.axe(), [], 'tables');
        await dashboard.shot(`${theme}-tables`);
      });
    }
  });

  describe('at 300 px and at 200 %', () => {
    for (const [name, options] of Object.entries({
      '300 px': { width: 300, height: 800 },
      '200 %': { width: 1200, height: 900, zoom: 2 },
      '300 px of 200 %': { width: 600, height: 1200, zoom: 2 },
    })) {
      it(`fits without scrolling sideways and without overlaps: ${name}`, async () => {
        const dashboard = await open(options);
        for (const snapshot of [EMPTY, FAILED, longRun(10_000), RUNNING]) {
          await dashboard.send(snapshot);
          assert.equal(await dashboard.scrollsSideways(), false);
        }
        await dashboard.page.locator('button.node', { hasText: 'performance' }).click();
        assert.equal(await dashboard.scrollsSideways(), false);
        assert.deepEqual(
          await dashboard.overlaps('h2, .switch, .node, .facts > div, .meter-name, .bar-label, .tick'),
          [],
        );
        assert.deepEqual(await dashboard.axe(), []);
        await dashboard.shot(`small-${name.replaceAll(/\W+/g, '-')}`);
        for (const toggle of await dashboard.page.locator('.switch').all()) await toggle.click();
        assert.equal(await dashboard.scrollsSideways(), false);
        await dashboard.shot(`small-${name.replaceAll(/\W+/g, '-')}-tables`);
      });
    }
  });

  describe('by keyboard alone', () => {
    it('leads through everything, with one stop per picture', async () => {
      const dashboard = await open();
      await dashboard.send(RUNNING);
      const { page } = dashboard;
      const stops: string[] = [];
      for (let press = 0; press < 20; press++) {
        await page.keyboard.press('Tab');
        const stop = await page.evaluate<string>('document.activeElement.textContent.trim().slice(0, 40)');
        if (stop === '' || (await page.evaluate<boolean>('document.activeElement === document.body'))) break;
        const outlined = await page.evaluate<boolean>(
          "getComputedStyle(document.activeElement).outlineStyle !== 'none' || document.activeElement.matches('vscode-button')",
        );
        assert.ok(outlined, `the focus can be seen on ${stop}`);
        stops.push(stop.replaceAll(/\s+/g, ' '));
      }
      assert.equal(stops.filter((stop) => stop.startsWith('Review for correctness')).length, 2, stops.join('\n'));
      assert.equal(stops.filter((stop) => stop === 'Show as table').length, 4, stops.join('\n'));
      assert.ok(stops.includes('Cancel Run'), stops.join('\n'));
    });

    it('walks the graph with the arrow keys, opens and closes details', async () => {
      const dashboard = await open();
      await dashboard.send(RUNNING);
      const { page } = dashboard;
      const focused = () => page.evaluate<string>('document.activeElement.dataset.node ?? document.activeElement.id');
      await page.locator('[data-node="correctness"]').focus();
      await page.keyboard.press('ArrowDown');
      const second = await focused();
      assert.notEqual(second, 'correctness');
      await page.keyboard.press('ArrowUp');
      assert.equal(await focused(), 'correctness');
      await page.keyboard.press('ArrowRight');
      assert.equal(await focused(), 'summary');
      await page.keyboard.press('ArrowLeft');
      assert.notEqual(await focused(), 'summary');
      await page.locator('[data-node="performance"]').focus();
      await page.keyboard.press('Enter');
      await page.locator('#details-heading:focus', { hasText: 'Review for performance' }).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('[data-node="performance"]:focus').waitFor();
    });

    it('walks the timeline and keeps the table twin of each picture at hand', async () => {
      const dashboard = await open();
      await dashboard.send(RUNNING);
      const { page } = dashboard;
      await page.locator('[data-task="correctness"]').focus();
      await page.keyboard.press('End');
      await page.locator('[data-task="tests"]:focus').waitFor();
      const toggle = page.getByRole('button', { name: 'Show as table' }).first();
      await toggle.focus();
      await page.keyboard.press('Enter');
      const table = page.getByRole('table', { name: 'Tasks of the run' });
      await table.waitFor();
      assert.equal(await table.getByRole('row').count(), 7);
      assert.equal(await table.getByRole('columnheader').count(), 10);
      assert.equal(
        await table.getByRole('row', { name: /Review for performance running performance-reviewer grok-2/ }).count(),
        1,
      );
    });
  });

  describe('with data from anywhere', () => {
    it('shows the parts of super-agents below them, and their messages', async () => {
      for (const theme of ['light', 'dark']) {
        await shown?.close();
        const { page } = await open({ theme });
        await shown?.send(COORDINATED);
        await page.locator('.timeline [data-task="super-1"]').click();
        await shown?.shot(`super-agents-${theme}`);
        const labels = await page.locator('.timeline .bar-label').allInnerTexts();
        assert.deepEqual(
          labels.map((label) => label.trim()),
          [
            'Super-agent 1 on grok-1',
            'Data model',
            'Move the API',
            'Routes',
            'Tests of the routes',
            'Super-agent 2 on claude',
            'Survey of the code',
          ],
        );
        assert.match(await page.locator('.details').innerText(), /Messages\s+1 sent, 2 received/);
        assert.deepEqual(await shown?.axe(), []);
      }
    });

    it('shows every text as text', async () => {
      const dashboard = await open();
      await dashboard.send(hostile());
      const { page } = dashboard;
      await page.locator('button.node').nth(1).click();
      for (const toggle of await page.locator('.switch').all()) {
        await toggle.click();
        assert.equal(await page.locator('img, main script, iframe').count(), 0);
      }
      assert.equal(await page.title(), 'Ensemble Dashboard');
      assert.ok((await page.locator('.text').textContent())?.includes('<img src=x onerror='));
      assert.equal(await dashboard.scrollsSideways(), false);
      assert.deepEqual(dashboard.problems, []);
    });

    it('leaves alone what it does not understand and says so', async () => {
      const dashboard = await open();
      await dashboard.send(RUNNING);
      await dashboard.sendRaw({ type: 'unknown' }, null, 'text', { ...RUNNING, runs: 'none' });
      const rejected = (await dashboard.sent()).filter(({ type }) => type === 'rejected');
      assert.equal(rejected.length, 4);
      assert.equal(await dashboard.page.locator('button.node').count(), 6, 'what was there stays');
    });
  });

  describe('while agents work', () => {
    it('takes changes in: states, texts, new tasks', async () => {
      const dashboard = await open();
      await dashboard.send(RUNNING);
      const { page } = dashboard;
      await page.locator('[data-node="performance"]').click();
      await dashboard.send(
        samplePatch({ texts: [{ id: 'performance', text: 'and more', reset: false }] }),
        samplePatch({ tasks: [sampleTask('performance', { label: 'Review for performance' }), sampleTask('late')] }),
        { type: 'patch', runId: 'another', tasks: [sampleTask('of-another-run')] },
      );
      assert.match((await page.locator('.text').textContent()) ?? '', /per line\.\nand more$/);
      await page.locator('[data-node="performance"]', { hasText: 'completed' }).waitFor();
      assert.equal(await page.locator('button.node').count(), 7);
      await dashboard.send(samplePatch({ texts: [{ id: 'performance', text: 'anew', reset: true }] }));
      assert.equal(await page.locator('.text').textContent(), 'anew');
    });

    it('asks the extension for what only that can do', async () => {
      const dashboard = await open();
      const { page } = dashboard;
      await dashboard.send(EMPTY);
      await page.getByRole('button', { name: 'Add Account...' }).click();
      await dashboard.send(RUNNING);
      await page.getByRole('button', { name: 'Cancel Run' }).click();
      await page
        .locator('.question', { hasText: 'test-reviewer asks: Run the tests in edge.test.js?' })
        .getByRole('button')
        .click();
      await page.locator('[data-node="security"]').click();
      await page.getByRole('button', { name: 'Copy' }).click();
      await page.getByRole('combobox', { name: 'Run' }).selectOption({ index: 1 });
      await dashboard.send(FAILED);
      await page.locator('.question').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Resume Run' }).click();
      await page.getByRole('button', { name: 'Open Result' }).click();
      const runId = RUNNING.run?.runId ?? '';
      assert.deepEqual(await dashboard.sent(), [
        { type: 'ready', runId: null },
        { type: 'command', command: 'addAccount' },
        { type: 'cancelRun', runId },
        { type: 'answer', runId, taskId: 'tests' },
        { type: 'copy', text: '{\n  "findings": []\n}' },
        { type: 'selectRun', runId: RUNNING.runs[1]?.runId },
        { type: 'resumeRun', runId },
        { type: 'openResult', runId },
      ]);
    });

    it('keeps run, task and tables for the next page', async () => {
      const first = await open();
      await first.send(RUNNING);
      await first.page.locator('[data-node="security"]').click();
      await first.page.locator('.switch').nth(1).click();
      const kept = await first.kept();
      await first.close();
      const next = await open({ kept });
      assert.deepEqual(await next.sent(), [{ type: 'ready', runId: RUNNING.run?.runId }]);
      await next.send(RUNNING);
      await next.page.locator('#details-heading', { hasText: 'Review for security' }).waitFor();
      await next.page.getByRole('table', { name: 'When each task began' }).waitFor();
    });
  });

  describe('with long runs', () => {
    it('draws 200 tasks and pages through 10,000', async () => {
      const dashboard = await open();
      const { page } = dashboard;
      await dashboard.send(longRun(200));
      assert.equal(await page.locator('button.node').count(), 200);
      await dashboard.send(longRun(10_000));
      assert.equal(await page.locator('.node').count(), 5, 'one box per agent');
      const height = await page.evaluate<number>('document.documentElement.scrollHeight');
      assert.ok(height < 2500, `long lists scroll by themselves: the page is ${height} px high`);
      await page.getByText('Tasks 1 to 200 of 10,000').waitFor();
      await page.getByRole('button', { name: 'Next' }).click();
      assert.deepEqual((await dashboard.sent()).at(-1), { type: 'showTasks', offset: 200 });
      assert.deepEqual(await dashboard.axe(), []);
      await dashboard.shot('tasks-10000');
    });
  });

  describe('for those who want it calm or in another language', () => {
    it('moves nothing with reduced motion', async () => {
      const moving = 'document.getAnimations().length';
      const lively = await open();
      await lively.send(RUNNING);
      assert.ok((await lively.page.evaluate<number>(moving)) > 0);
      await lively.close();
      const calm = await open({ reducedMotion: true });
      await calm.send(RUNNING);
      assert.equal(await calm.page.evaluate(moving), 0);
      assert.equal(await calm.page.locator('[data-node="performance"]', { hasText: 'running' }).count(), 1);
    });

    it('speaks the language that it is given', async () => {
      const dashboard = await open({ translations: { 'No runs yet': 'Noch keine Läufe' } });
      await dashboard.send(EMPTY);
      await dashboard.page.getByRole('heading', { name: 'Noch keine Läufe' }).waitFor();
    });
  });

  describe('when something is wrong', () => {
    it('says that it loads, what failed, and that nobody answers', async () => {
      const dashboard = await open();
      const { page } = dashboard;
      await page.getByText('Loading…').waitFor();
      assert.deepEqual(await dashboard.axe(), []);
      await dashboard.send({ type: 'problem', message: 'The database is damaged.', hint: 'Look at the log.' });
      await page.getByText('The database is damaged. Look at the log.').waitFor();
      assert.deepEqual(await dashboard.axe(), []);
      await page.getByRole('button', { name: 'Try Again' }).click();
      await page.getByText('Loading…').waitFor();
      assert.deepEqual((await dashboard.sent()).at(-1), { type: 'ready', runId: null });
    });
  });
});
