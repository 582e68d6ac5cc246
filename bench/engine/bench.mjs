// The engine beside its peers and a hand-written loop. Build first (`npm run build`); `npm --prefix bench install` brings the peers, without
// which their rows are left out. Needs Node 24 or newer: the in-memory journal is imported from the TypeScript sources.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { measureMessages } from '../messages/bench.mjs';
import { staticClosureBytes } from '../startup/bench.mjs';
import { BARE, BASE, hasPeers, JOURNALED, measureCosts, WHOLE } from './costs.mjs';
import { measureDurable, measureMakespan } from './makespan.mjs';
import { median } from './workload.mjs';

const GRAPHS = ['graph 100', 'graph 1000', 'graph 10000'];
const LOADS = 9;

/** Ms until a fresh process has loaded the bundle, median. */
function loadMs(file) {
  const code = `const t=performance.now();await import(${JSON.stringify(file)});console.log(performance.now()-t)`;
  const once = () =>
    Number(spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }).stdout);
  return median(Array.from({ length: LOADS }, once));
}

const table = (rows) => rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const round = (value, digits = 2) => (value === undefined ? '-' : value.toFixed(digits));

/** A line of the verdict. `limit` is the highest value that meets the goal. */
const goal = (what, seen, limit, digits = 2, unit = '') => ({ what, seen, limit, digits, unit });

function costGoals(costs) {
  const ratio = (workload, name, figure, base = BASE) =>
    costs.of(workload, name, figure) / costs.of(workload, base, figure);
  const perTask = GRAPHS.map((workload) => costs.of(workload, BARE, 'cpuUs'));
  return [
    ...GRAPHS.map((workload) =>
      goal(`bare CPU per task, ${workload} tasks / by hand`, ratio(workload, BARE, 'cpuUs'), 2.5),
    ),
    goal('bare CPU per task, 10,000 / 1,000 tasks (flat)', perTask[2] / perTask[1], 1.25),
    ...GRAPHS.map((workload) =>
      goal(`in-memory journal and events, ${workload} tasks / by hand`, ratio(workload, JOURNALED, 'cpuUs'), 5),
    ),
    goal('peak memory, 1,000 tasks / by hand', ratio('graph 1000', BARE, 'peakMB'), 1.3),
    ...[BARE, WHOLE].flatMap((name) => [
      goal(`10,000 tokens of 50 agents, ${name} / by hand`, ratio('stream 0', name, 'wallMs'), 2.5),
      goal(
        `event loop p99 at 5 ms pace, ${name} - by hand`,
        costs.of('stream 5', name, 'p99Ms') - costs.of('stream 5', BASE, 'p99Ms'),
        2,
        2,
        ' ms',
      ),
    ]),
  ];
}

async function scheduleGoals(runGraph) {
  const goals = [];
  for (const [label, concurrency] of [
    ['no limit', Number.POSITIVE_INFINITY],
    ['4 slots', 4],
  ]) {
    for (const estimates of [true, false]) {
      const { ratio, ms, idealMs } = await measureMakespan(runGraph, { concurrency, estimates });
      const what = `makespan / ideal, 20 seeds, ${label}, ${estimates ? 'with' : 'without'} estimates (${ms.toFixed(0)} / ${idealMs.toFixed(0)} ms)`;
      goals.push(goal(what, ratio, 1.01, 4));
    }
  }
  const durable = await measureDurable(runGraph, { concurrency: Number.POSITIVE_INFINITY });
  goals.push(goal('makespan with durable journal / ideal', durable.ratio, 1.03, 4));
  goals.push(goal('commits per task, durable journal', durable.commitsPerTask, 1));
  return goals;
}

async function messageGoals() {
  const rows = await measureMessages();
  const worst = Math.max(...rows.map(({ ratio }) => ratio));
  const [first, last] = [rows[0], rows.at(-1)];
  return [
    goal('per message / plain queue, worst of 100 to 100,000', worst, 3),
    goal('per message, 100,000 / 100 (flat)', last.bus / first.bus, 1.25),
  ];
}

function costTables(costs) {
  const graphs = [...GRAPHS, 'graph 50'].flatMap((workload) =>
    costs.contendersOf(workload).map((name) => {
      const base = costs.of(workload, BASE, 'cpuUs');
      const cpu = costs.of(workload, name, 'cpuUs');
      const rest = ['wallUs', 'coldMs', 'peakMB', 'loadMs'].map((figure) => round(costs.of(workload, name, figure), 1));
      return [workload, name, round(cpu, 1), cpu === undefined ? '-' : round(cpu / base, 1), ...rest];
    }),
  );
  const streams = ['stream 0', 'stream 5'].flatMap((workload) =>
    costs.contendersOf(workload).map((name) => {
      const figures = ['wallMs', 'cpuMs', 'p99Ms', 'longestMs'].map((figure) =>
        round(costs.of(workload, name, figure), 1),
      );
      return [workload, name, ...figures];
    }),
  );
  const graphHead = ['tasks', '', 'CPU µs / task', 'x by hand', 'wall µs', 'first run ms', 'peak MB', 'load ms'];
  const streamHead = ['ms between tokens', '', 'ms', 'CPU ms', 'loop p99 ms', 'loop longest ms'];
  const line = (head) => head.map(() => '---');
  return [table([graphHead, line(graphHead), ...graphs]), table([streamHead, line(streamHead), ...streams])].join(
    '\n\n',
  );
}

export async function run() {
  const peers = hasPeers();
  if (!peers) console.log('The peers are not installed (npm --prefix bench install), so their rows are empty.\n');
  const engine = path.resolve('dist/engine.js');
  const { runGraph } = await import(engine);
  const sizes = [
    goal('engine.js and what it loads', staticClosureBytes(engine) / 1_000, 60, 1, ' kB'),
    goal('engine.js loads in', loadMs(engine), 5, 1, ' ms'),
  ];
  const costs = await measureCosts({ peers });
  console.log(`${costTables(costs)}\n`);
  for (const error of costs.errors) console.log(`failed: ${error}`);
  const goals = [...costGoals(costs), ...(await scheduleGoals(runGraph)), ...(await messageGoals()), ...sizes];
  const rows = goals.map(({ what, seen, limit, digits, unit }) => [
    what,
    `<= ${limit}${unit}`,
    `${round(seen, digits)}${unit}`,
    seen <= limit ? 'met' : 'MISSED',
  ]);
  console.log(`\n${table([['what', 'goal', 'seen', ''], ['---', '---', '---', '---'], ...rows])}`);
  return goals;
}
