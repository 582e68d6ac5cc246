// One contender in a process of its own; prints one JSON line. `node bench/engine/overhead.mjs CONTENDER TASKS`
// The first run is cold; the others are what a task costs once the engine has been used.
import { layeredGraph, median, modelOf } from './workload.mjs';

/** Small graphs run more often: what is warm is a matter of tasks, not of runs. */
const MIN_RUNS = 4;
const MIN_TASKS = 3_000;

/** The least an engine can do: counters of open dependencies, no limits, no journal, no errors. */
function bare(tasks, call) {
  const open = new Map(tasks.map(({ id, dependencies }) => [id, dependencies.length]));
  const dependents = new Map(tasks.map(({ id }) => [id, []]));
  for (const task of tasks) for (const dependency of task.dependencies) dependents.get(dependency).push(task);
  return new Promise((resolve, reject) => {
    let left = tasks.length;
    const start = (task) =>
      call(task).then(() => {
        for (const dependent of dependents.get(task.id)) {
          open.set(dependent.id, open.get(dependent.id) - 1);
          if (open.get(dependent.id) === 0) start(dependent);
        }
        if (--left === 0) resolve();
      }, reject);
    for (const task of tasks) if (task.dependencies.length === 0) start(task);
  });
}

const CONTENDERS = {
  runGraph: async () => {
    const { runGraph } = await import('../../src/entries/engine.ts');
    return (tasks, call) => runGraph({ tasks, execute: call, concurrency: Number.POSITIVE_INFINITY });
  },
  'hand-written loop': async () => bare,
};

const [name, count] = process.argv.slice(2);
const run = await CONTENDERS[name]();
const runs = Math.max(MIN_RUNS, Math.ceil(MIN_TASKS / Number(count)));
const wall = [];
const cpu = [];
for (let index = 0; index < runs; index++) {
  const tasks = layeredGraph(Number(count));
  const { call, check } = modelOf(tasks, Number.POSITIVE_INFINITY);
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  await run(tasks, call);
  wall.push(((performance.now() - wallBefore) * 1000) / tasks.length);
  const { user, system } = process.cpuUsage(cpuBefore);
  cpu.push((user + system) / tasks.length);
  check();
}
console.log(JSON.stringify({ name, coldCpuUs: cpu[0], cpuUs: median(cpu.slice(1)), wallUs: median(wall.slice(1)) }));
