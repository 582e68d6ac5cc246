// What the policy can reach at best: the same graph in a simulation, where starting a task takes no time at all.

/** What the product takes a task without an estimate for, ms. */
const UNKNOWN_ESTIMATE_MS = 10_000;

/** Weight of each task and all that is to come after it along the longest path: what the policy decides by. */
function longestPaths(tasks, weightOf) {
  const paths = new Map(tasks.map((task) => [task.id, weightOf(task)]));
  const byId = new Map(tasks.map((task) => [task.id, task]));
  for (const { id, dependencies } of tasks.toReversed()) {
    for (const dependency of dependencies) {
      paths.set(dependency, Math.max(paths.get(dependency), weightOf(byId.get(dependency)) + paths.get(id)));
    }
  }
  return paths;
}

/**
 * Makespan in ms of list scheduling: whenever a slot is free, the ready task with the longest remaining path starts, the
 * earlier one where two are equal. The tasks are in topological order; paths are as long as the estimates say.
 */
export function idealMakespan(tasks, concurrency) {
  const paths = longestPaths(tasks, ({ estimateMs = UNKNOWN_ESTIMATE_MS }) => estimateMs);
  const order = new Map(tasks.map(({ id }, index) => [id, index]));
  const open = new Map(tasks.map(({ id, dependencies }) => [id, dependencies.length]));
  const ready = tasks.filter(({ dependencies }) => dependencies.length === 0);
  const running = [];
  let now = 0;
  while (ready.length + running.length > 0) {
    ready.sort((a, b) => paths.get(b.id) - paths.get(a.id) || order.get(a.id) - order.get(b.id));
    while (ready.length > 0 && running.length < concurrency) {
      const task = ready.shift();
      running.push({ task, end: now + task.ms });
    }
    running.sort((a, b) => a.end - b.end);
    const first = running.shift();
    now = first.end;
    for (const task of tasks.filter(({ dependencies }) => dependencies.includes(first.task.id))) {
      open.set(task.id, open.get(task.id) - 1);
      if (open.get(task.id) === 0) ready.push(task);
    }
  }
  return now;
}

/** No schedule at all can be shorter than this, ms: the critical path, or all the work over all slots. */
export function lowerBound(tasks, concurrency) {
  const critical = Math.max(...longestPaths(tasks, ({ ms }) => ms).values());
  const work = tasks.reduce((sum, { ms }) => sum + ms, 0);
  return Math.max(critical, concurrency === Number.POSITIVE_INFINITY ? 0 : work / concurrency);
}
