/** Fifty agents stream into the open Dashboard: what the page is sent is counted, the extension host's delay is printed. */
import assert from 'node:assert/strict';
import { setAccounts, teamAccount, UNKNOWN_PRICES, withTeamServer } from '../lib/scripted-team.mjs';

const AGENTS = 50;
const WORDS = 400;
/** Pieces in which an answer comes, and the time between them, ms. */
const PIECE_BYTES = 600;
const PIECE_MS = 100;

export const options = {
  settings: { ...UNKNOWN_PRICES, 'ensemble.engine.maxParallelAgents': AGENTS, 'ensemble.engine.maxSubTasks': AGENTS },
  timeoutMs: 300_000,
};

const PLAN = JSON.stringify({
  subtasks: Array.from({ length: AGENTS }, (_, at) => ({
    id: `part-${at}`,
    title: `Part ${at}`,
    description: `Work on part ${at}.`,
    role: 'generalist',
    complexity: 'simple',
    dependencies: [],
  })),
});
const textOf = (part) => Array.from({ length: WORDS }, (_, word) => `p${part}w${word}`).join(' ');

const drip = { chunkBytes: PIECE_BYTES, beforePiece: () => new Promise((resolve) => setTimeout(resolve, PIECE_MS)) };

function answer({ rawBody }) {
  const part = /Work on part (\d+)\./.exec(rawBody)?.[1];
  if (part !== undefined && !rawBody.includes('Merge the results above')) {
    return { type: 'answer', text: textOf(part), ...drip };
  }
  return { type: 'answer', text: rawBody.includes('Split the task into sub-tasks') ? PLAN : 'All of it.' };
}

export default (h) => withTeamServer((server) => script(h, server));

async function script(h, server) {
  server.script = answer;
  const page = () => h.webview(0);

  await h.step(`${AGENTS} agents write, the page gets at most ten messages a second and every word`, async () => {
    await setAccounts(h, [teamAccount('team', server)]);
    await h.command('Ensemble: Open Dashboard');
    await page().getByRole('heading', { name: 'No runs yet' }).waitFor();
    const frame = page().locator('body');
    await frame.evaluate(() => {
      globalThis.messageTimes = [];
      window.addEventListener('message', () => globalThis.messageTimes.push(performance.now()));
    });
    await h.evaluate(() => {
      const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
      globalThis.ensembleDelay = monitorEventLoopDelay({ resolution: 5 });
      globalThis.ensembleDelay.enable();
    });
    const result = await h.api(
      (api) =>
        api.run({
          kind: 'run',
          task: 'Fill the page',
          context: null,
          strategy: 'parallel',
          maxSubTasks: 50,
          saveDocument: false,
        }),
      undefined,
      { timeout: 120_000 },
    );
    const delay = await h.evaluate(() => {
      const { ensembleDelay } = globalThis;
      ensembleDelay.disable();
      return {
        p50: ensembleDelay.percentile(50) / 1e6,
        p99: ensembleDelay.percentile(99) / 1e6,
        max: ensembleDelay.max / 1e6,
      };
    });
    assert.equal(result.status, 'completed', JSON.stringify(result.error));
    await page().locator('.run-facts', { hasText: 'completed' }).waitFor();
    const times = await frame.evaluate(() => globalThis.messageTimes);
    const seconds = (times.at(-1) - times[0]) / 1000;
    const most = Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));
    h.log(
      `${times.length} messages in ${seconds.toFixed(1)} s, most in any second ${most}; extension host delay p50 ${delay.p50.toFixed(0)} ms, ` +
        `p99 ${delay.p99.toFixed(0)} ms, max ${delay.max.toFixed(0)} ms`,
    );
    assert.ok(seconds > 2, 'they wrote for a while');
    assert.ok(times.length <= 10 * seconds + 1, `${times.length} messages in ${seconds} s`);
    for (const part of [0, 23, 49]) {
      await page()
        .locator('button.node', { hasText: new RegExp(`Part ${part}\\b`) })
        .click();
      await page()
        .locator('#details-heading', { hasText: `Part ${part}` })
        .waitFor();
      assert.equal(await page().locator('.text').textContent(), textOf(part).slice(-2000));
    }
    await h.shot('fifty');
  });
}
