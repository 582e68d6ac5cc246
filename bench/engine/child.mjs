// One contender, one workload, one process; prints one line of JSON. `node bench/engine/child.mjs FILE CONTENDER WORKLOAD [SIZE]`
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { layeredGraph, median, modelOf, tokens } from './workload.mjs';

const AGENTS = 50;
const TOKENS = 200;
/** Runs of a graph by its size, the cold first one included; slow contenders have fewer. */
const RUNS = { 50: 11, 100: 11, 1000: 4, 10000: 3 };
const TIME_FOR_RUNS_MS = 4_000;

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

async function timed(work) {
  const wall = performance.now();
  const cpu = cpuMs();
  const value = await work();
  return { value, wall: performance.now() - wall, cpu: cpuMs() - cpu };
}

/** What a task costs once the engine has been used, building the graph included; and the most memory the process ever held. */
async function graphs(contender, size) {
  const results = [];
  const until = performance.now() + TIME_FOR_RUNS_MS;
  for (let run = 0; run < RUNS[size] && (run < 2 || performance.now() < until); run++) {
    const tasks = layeredGraph(size);
    const { call, check } = modelOf(tasks, Number.POSITIVE_INFINITY);
    const { wall, cpu } = await timed(async () => {
      const go = await contender.graph({ tasks, call, concurrency: Number.POSITIVE_INFINITY });
      await go();
    });
    check();
    results.push({ wall, cpu });
  }
  const usPerTask = (values) => (median(values) * 1_000) / size;
  const [cold, ...warm] = results;
  return {
    cpuUs: usPerTask(warm.map(({ cpu }) => cpu)),
    wallUs: usPerTask(warm.map(({ wall }) => wall)),
    coldMs: cold.wall,
    peakMB: process.resourceUsage().maxRSS / 1_024,
  };
}

/** Fifty agents stream at once; the second run counts. What a listener is shown may come in larger pieces, but all of it. */
async function streams(contender, gapMs) {
  let result;
  for (let run = 0; run < 2; run++) {
    let characters = 0;
    const onText = (_agent, text) => {
      characters += text.length;
    };
    const go = await contender.stream({ agents: AGENTS, source: () => tokens(TOKENS, gapMs), onText });
    const loop = monitorEventLoopDelay({ resolution: 1 });
    loop.enable();
    const { wall, cpu } = await timed(go);
    loop.disable();
    if (characters !== AGENTS * (await charactersOf(tokens(TOKENS, 0))))
      throw new Error(`Shown: ${characters} characters.`);
    result = { wallMs: wall, cpuMs: cpu, p99Ms: loop.percentile(99) / 1e6, longestMs: loop.max / 1e6 };
  }
  return result;
}

async function charactersOf(texts) {
  let sum = 0;
  for await (const text of texts) sum += text.length;
  return sum;
}

const [file, name, workload, size] = process.argv.slice(2);
const { default: contenders } = await import(`./contenders/${file}.mjs`);
const contender = contenders.find((one) => one.name === name);
const { wall: loadMs } = await timed(() => contender.load());
const measured = await (workload === 'graph' ? graphs(contender, Number(size)) : streams(contender, Number(size)));
process.stdout.write(`${JSON.stringify({ loadMs, ...measured })}\n`, () => process.exit(0));
