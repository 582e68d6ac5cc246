// How well the scheduler uses its slots: real timers beside a simulation of the same policy without any overhead.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStorage } from '../../src/adapters/storage/open-storage.ts';
import { idealMakespan, lowerBound } from './ideal.mjs';
import { layeredGraph, median, modelOf } from './workload.mjs';

const SEEDS = 20;
const TASKS = 100;
/** Graphs that run at once: their timers sleep nearly all the time, and one after the other would take minutes. */
const AT_ONCE = 4;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

async function inGroups(items, work) {
  const results = [];
  for (let first = 0; first < items.length; first += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(first, first + AT_ONCE).map(work))));
  }
  return results;
}

async function timedRun(runGraph, tasks, concurrency, options = {}) {
  const { call, check } = modelOf(tasks, concurrency);
  const began = performance.now();
  const { status, error } = await runGraph({ tasks, execute: call, concurrency, ...options });
  const took = performance.now() - began;
  if (status !== 'completed') throw new Error(`The graph ended ${status}: ${error?.message}`);
  check();
  return took;
}

/** Makespan of all graphs over their ideal: the ratio of the medians, and the worst graph's. */
export async function measureMakespan(runGraph, { concurrency, estimates }) {
  const graphs = Array.from({ length: SEEDS }, (_, seed) =>
    layeredGraph(TASKS, { seed: seed + 1, minMs: 5, maxMs: 200, estimates }),
  );
  const ideal = graphs.map((tasks) => idealMakespan(tasks, concurrency));
  const real = await inGroups(graphs, (tasks) => timedRun(runGraph, tasks, concurrency));
  return {
    ms: median(real),
    idealMs: median(ideal),
    ratio: median(real) / median(ideal),
    worst: Math.max(...real.map((ms, index) => ms / ideal[index])),
    idealOverBound: median(ideal.map((ms, index) => ms / lowerBound(graphs[index], concurrency))),
  };
}

/** The same with the product's database as the journal, one graph at a time; and how many commits a task needs. */
export async function measureDurable(runGraph, { concurrency, seeds = 5 }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'ensemble-engine-'));
  const workerUrl = new URL('../../dist/storage-worker.js', import.meta.url);
  const storage = await openStorage({ file: path.join(folder, 'bench.db'), workerUrl, logger: SILENT });
  let commits = 0;
  const { journal: inner } = storage;
  const journal = {
    create: (...args) => inner.create(...args),
    append: (...args) => {
      commits++;
      return inner.append(...args);
    },
    claim: (...args) => inner.claim(...args),
    release: (...args) => inner.release(...args),
  };
  try {
    const ratios = [];
    for (let seed = 0; seed <= seeds; seed++) {
      const tasks = layeredGraph(TASKS, { seed: seed + 1, minMs: 5, maxMs: 200, estimates: true });
      const ms = await timedRun(runGraph, tasks, concurrency, { journal, onEvent: () => {} });
      // The first one warms the database.
      if (seed === 0) commits = 0;
      else ratios.push(ms / idealMakespan(tasks, concurrency));
    }
    return { ratio: median(ratios), commitsPerTask: commits / (seeds * TASKS) };
  } finally {
    await storage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
