// The graphs of the measurements, and a model that does nothing but take its time.

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
 * A layered random graph: 8 to 12 tasks in a layer, each depends on 1 to 3 of the layer before. Durations are uniform in
 * [minMs, maxMs], 0 without a maximum. The tasks are in topological order.
 */
export function layeredGraph(count, { seed = 42, minMs = 0, maxMs = 0 } = {}) {
  const next = numbers(seed);
  const tasks = [];
  let above = [];
  while (tasks.length < count) {
    const width = Math.min(8 + Math.floor(next() * 5), count - tasks.length);
    const layer = [];
    for (let index = 0; index < width; index++) {
      const dependencies = new Set();
      const wanted = Math.min(above.length, 1 + Math.floor(next() * 3));
      while (dependencies.size < wanted) dependencies.add(above[Math.floor(next() * above.length)].id);
      const ms = maxMs === 0 ? 0 : Math.round(minMs + next() * (maxMs - minMs));
      layer.push({ id: `n${tasks.length + index}`, dependencies: [...dependencies], estimateMs: ms });
    }
    tasks.push(...layer);
    above = layer;
  }
  return tasks;
}

/** Waits as long as each task takes, and refuses a run that cheats: twice, too early, too many at once, not all. */
export function modelOf(tasks, concurrency) {
  const done = new Set();
  let working = 0;
  return {
    async call({ id, dependencies, estimateMs }) {
      if (done.has(id)) throw new Error(`${id} runs twice`);
      for (const dependency of dependencies)
        if (!done.has(dependency)) throw new Error(`${id} runs before ${dependency}`);
      if (++working > concurrency) throw new Error(`${working} tasks at once`);
      if (estimateMs > 0) await new Promise((resolve) => setTimeout(resolve, estimateMs));
      else await undefined;
      working--;
      done.add(id);
      return `out-${id}`;
    },
    check() {
      if (done.size !== tasks.length) throw new Error(`${done.size} of ${tasks.length} tasks ran`);
    },
  };
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
