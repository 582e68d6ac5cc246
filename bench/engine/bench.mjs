// How well the scheduler uses its slots, and what a task costs it. Needs Node 24 or newer: it imports the TypeScript sources.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runGraph } from '../../src/entries/engine.ts';
import { idealMakespan, listSchedule, lowerBound } from './ideal.mjs';
import { layeredGraph, median, modelOf } from './workload.mjs';

const SEEDS = 20;
const TASKS = 100;
const CONCURRENCIES = [Number.POSITIVE_INFINITY, 4];
const MAKESPAN_GOAL = 1.01;
/** Runs of each graph; the faster one counts, because a busy machine only ever adds. */
const REPETITIONS = 2;

const SIZES = [100, 1_000, 10_000];
const OVERHEAD_GOAL = 2.5;
const PROCESSES = 5;

const OVERHEAD = fileURLToPath(new URL('./overhead.mjs', import.meta.url));

async function makespan(tasks, concurrency, schedule) {
  const { call, check } = modelOf(tasks, concurrency);
  const began = performance.now();
  await schedule(tasks, concurrency, call);
  const took = performance.now() - began;
  check();
  return took;
}

async function engine(tasks, concurrency, call) {
  const { status } = await runGraph({ tasks, execute: call, concurrency });
  if (status !== 'completed') throw new Error(`the graph ended ${status}`);
}

/** Both schedulers on one graph at the same time, so that the machine hinders both alike. */
function bothMakespans(tasks, concurrency) {
  return Promise.all([engine, listSchedule].map((schedule) => makespan(tasks, concurrency, schedule)));
}

/** Real runs of all graphs beside the simulated ideal of the same policy. */
async function measureMakespan(concurrency) {
  const graphs = Array.from({ length: SEEDS }, (_, seed) =>
    layeredGraph(TASKS, { seed: seed + 1, minMs: 5, maxMs: 200 }),
  );
  const ideal = graphs.map((tasks) => idealMakespan(tasks, concurrency));
  const bound = graphs.map((tasks) => lowerBound(tasks, concurrency));
  const real = [];
  const byHand = [];
  for (const tasks of graphs) {
    const times = [];
    for (let run = 0; run < REPETITIONS; run++) times.push(await bothMakespans(tasks, concurrency));
    real.push(Math.min(...times.map(([ours]) => ours)));
    byHand.push(Math.min(...times.map(([, reference]) => reference)));
  }
  const ratios = real.map((ms, index) => ms / ideal[index]);
  return {
    concurrency: concurrency === Number.POSITIVE_INFINITY ? 'unlimited' : String(concurrency),
    realMs: median(real),
    idealMs: median(ideal),
    ratio: median(real) / median(ideal),
    worstGraph: Math.max(...ratios),
    byHandRatio: median(byHand) / median(ideal),
    idealOverBound: median(ideal.map((ms, index) => ms / bound[index])),
  };
}

/** CPU time per task, each contender in fresh processes that take turns. */
async function measureOverhead() {
  const names = ['hand-written loop', 'runGraph'];
  const results = [];
  for (let round = 0; round < PROCESSES; round++) {
    for (const size of SIZES) {
      for (const name of names) {
        const { stdout } = await promisify(execFile)(process.execPath, [OVERHEAD, name, String(size)]);
        results.push({ size, ...JSON.parse(stdout) });
      }
    }
  }
  return SIZES.flatMap((size) => {
    const rows = names.map((name) => overheadOf(results, size, name));
    return rows.map((row) => ({ ...row, ratio: row.minCpuUs / rows[0].minCpuUs }));
  });
}

function overheadOf(results, size, name) {
  const own = results.filter((result) => result.name === name && result.size === size);
  const of = (key) => median(own.map((result) => result[key]));
  // Other work on the machine only ever adds, so the least is the nearest to the truth.
  const minCpuUs = Math.min(...own.map(({ cpuUs }) => cpuUs));
  return { size, name, cpuUs: of('cpuUs'), minCpuUs, wallUs: of('wallUs'), coldCpuUs: of('coldCpuUs') };
}

function table(rows) {
  const [head, ...body] = rows;
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function makespanRow({ concurrency, realMs, idealMs, ratio, worstGraph, byHandRatio, idealOverBound }) {
  const met = ratio <= MAKESPAN_GOAL ? 'met' : 'missed';
  const ms = [realMs, idealMs].map((value) => value.toFixed(0));
  const ratios = [worstGraph, byHandRatio, idealOverBound].map((value) => value.toFixed(4));
  return [concurrency, ...ms, `${ratio.toFixed(4)} (${met})`, ...ratios];
}

export async function run() {
  const makespans = [];
  for (const concurrency of CONCURRENCIES) makespans.push(await measureMakespan(concurrency));
  const overhead = await measureOverhead();
  console.log(
    `Makespan of ${SEEDS} seeded ${TASKS}-task layered graphs, tasks of 5 to 200 ms, real timers; medians over the graphs, the faster of ${REPETITIONS} runs of each.\n` +
      `"By hand" is the same policy in a few lines, run at the same time: the share of the machine.\n`,
  );
  const head = [
    'slots',
    'ms',
    'ideal ms',
    `ratio (goal <= ${MAKESPAN_GOAL})`,
    'worst graph',
    'by hand',
    'ideal / lower bound',
  ];
  console.log(table([head, ...makespans.map(makespanRow)]));
  console.log(
    `\nWhat a task costs: tasks that take no time, no limit; ${PROCESSES} fresh processes each, medians of their warm runs.\n`,
  );
  const us = (value) => value.toFixed(1);
  const costs = overhead.map(({ size, name, cpuUs, minCpuUs, wallUs, coldCpuUs, ratio }) => {
    const goal = name === 'runGraph' ? ` (${ratio <= OVERHEAD_GOAL ? 'met' : 'missed'})` : '';
    return [size, name, ...[minCpuUs, cpuUs, wallUs, coldCpuUs].map(us), `${ratio.toFixed(1)}${goal}`];
  });
  const columns = ['tasks', '', 'CPU µs / task, minimum', 'median', 'wall µs / task', 'first run, CPU µs / task'];
  console.log(table([[...columns, `ratio of minima (goal <= ${OVERHEAD_GOAL})`], ...costs]));
  console.log(`\n\`\`\`json\n${JSON.stringify({ engine: { makespans, overhead } })}\n\`\`\``);
}
