/** Runs that do not go through: cancelled by the person, cut by a reload, two at once; nothing is lost. */
import assert from 'node:assert/strict';
import { openResult, SAMPLE, showAgents } from '../lib/product.mjs';
import { answerFor, setAccounts, teamAccount, UNKNOWN_PRICES, withTeamServer } from '../lib/scripted-team.mjs';

export const options = {
  files: { 'run.ts': SAMPLE, 'other.ts': SAMPLE },
  settings: UNKNOWN_PRICES,
  timeoutMs: 300_000,
};

export default (h) => withTeamServer((server) => interrupted(h, server));

async function interrupted(h, server) {
  const hang = () => {
    server.requests.length = 0;
    server.script = () => ({ type: 'hang' });
  };
  const answer = () => {
    server.script = (request) => answerFor(request);
  };
  const start = async (file) => {
    await h.openFile(file);
    await h.command('Ensemble: Review File');
  };
  const requests = (count) => h.until(`${count} requests`, () => server.requests.length >= count);
  const row = (file) => h.treeRow(`Review of ${file}`);
  const says = (file, text) =>
    h.until(`"${text}" in the tree`, async () => (await row(file).getAttribute('aria-label'))?.includes(text));

  await h.step('Cancel stops the calls and offers to resume', async () => {
    await setAccounts(h, [teamAccount('local', server)]);
    await showAgents(h);
    hang();
    await start('run.ts');
    await requests(3);
    await says('run.ts', 'running');
    const toast = h.notification('Reviewing run.ts');
    await h.shot('running');
    const aborted = server.aborted;
    const clicked = Date.now();
    await toast.getByRole('button', { name: 'Cancel' }).click();
    await h.until('the calls to end', () => server.aborted >= aborted + 3);
    h.log(`calls ended ${Date.now() - clicked} ms after the click`);
    await h.notification('Nothing is lost').waitFor();
    await says('run.ts', 'stopped, can be resumed');
    await h.shot('stopped');
  });

  await h.step('Resume goes on', async () => {
    answer();
    await h.notification('Nothing is lost').getByRole('button', { name: 'Resume' }).click();
    assert.match(await h.until('the result', () => openResult(h)), /Text from outside/);
    await says('run.ts', 'completed, 6 of 6 agents');
  });

  await h.step('two runs go on at once; only the same one again asks', async () => {
    hang();
    await start('run.ts');
    await requests(3);
    await start('other.ts');
    await says('other.ts', 'running');
    await start('run.ts');
    const dialog = h.page.locator('.monaco-dialog-box', { hasText: 'same run' });
    await dialog.waitFor();
    await h.shot('asks');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await h.notification('was not started').waitFor();
  });

  await h.step('a reload in the middle loses nothing: the runs can be resumed', async () => {
    await h.reload();
    await showAgents(h);
    await says('other.ts', 'stopped, can be resumed');
    answer();
    await row('other.ts').hover();
    await row('other.ts').locator('a[aria-label^="Resume Run"]').click();
    await says('other.ts', 'completed, 6 of 6 agents');
    await h.shot('resumed');
  });

  await h.step('a stopped run is counted beside the view, until it is ended for good', async () => {
    const badge = h.page.locator(
      '.activitybar .badge[aria-label*="can be resumed"], .activitybar [aria-label*="can be resumed"]',
    );
    await badge.first().waitFor();
    await h.contextMenu(row('run.ts'), 'End Run');
    await says('run.ts', 'cancelled');
    await badge.first().waitFor({ state: 'detached' });
  });
}
