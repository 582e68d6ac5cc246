// The workloads of the measurements, and a model that does nothing but take its time.

/** A seeded stream of numbers in [0, 1) (mulberry32), so that every run measures the same graphs. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A layered random graph: 8 to 12 tasks in a layer, each depends on 1 to 3 of the layer before. Durations (`ms`) are uniform in
 * [minMs, maxMs], 0 without a maximum; with `estimates` the scheduler is told them. The tasks are in topological order.
 */
export function layeredGraph(count, { seed = 42, minMs = 0, maxMs = 0, estimates = false } = {}) {
  const next = numbers(seed);
  const tasks = [];
  let above = [];
  for (let layer = 0; tasks.length < count; layer++) {
    const width = Math.min(8 + Math.floor(next() * 5), count - tasks.length);
    const current = [];
    for (let index = 0; index < width; index++) {
      const dependencies = new Set();
      const wanted = Math.min(above.length, 1 + Math.floor(next() * 3));
      while (dependencies.size < wanted) dependencies.add(above[Math.floor(next() * above.length)].id);
      const ms = maxMs === 0 ? 0 : Math.round(minMs + next() * (maxMs - minMs));
      const task = { id: `n${tasks.length + index}`, dependencies: [...dependencies], ms, layer };
      current.push(estimates ? { ...task, estimateMs: ms } : task);
    }
    tasks.push(...current);
    above = current;
  }
  return tasks;
}

/** The tasks of each layer, for engines that know no edges. */
export function layersOf(tasks) {
  const layers = [];
  for (const task of tasks) {
    layers[task.layer] ??= [];
    layers[task.layer].push(task);
  }
  return layers;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits as long as each task takes, and refuses a run that cheats: twice, too early, too many at once, not all. */
export function modelOf(tasks, concurrency) {
  const done = new Set();
  const problems = [];
  let working = 0;
  return {
    async call({ id, dependencies, ms }) {
      if (done.has(id)) problems.push(`${id} ran twice`);
      for (const dependency of dependencies) if (!done.has(dependency)) problems.push(`${id} ran before ${dependency}`);
      if (++working > concurrency) problems.push(`${working} tasks at once`);
      if (ms > 0) await sleep(ms);
      else await undefined;
      working--;
      done.add(id);
      return `out-${id}`;
    },
    check() {
      if (done.size !== tasks.length) problems.push(`${done.size} of ${tasks.length} tasks ran`);
      if (problems.length > 0) throw new Error(problems.slice(0, 3).join('; '));
    },
  };
}

/** `count` tokens, one every `gapMs` (0: one per turn of the event loop). */
export async function* tokens(count, gapMs) {
  for (let index = 0; index < count; index++) {
    await (gapMs > 0 ? sleep(gapMs) : new Promise((resolve) => setImmediate(resolve)));
    yield `t${index} `;
  }
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
