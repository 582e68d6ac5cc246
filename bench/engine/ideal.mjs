// What the policy can reach at best: the same graph in a simulation, where starting a task takes no time at all.

/** Ms from each task to the end of the graph along the longest path, itself included. */
function longestPaths(tasks) {
  const paths = new Map(tasks.map(({ id, estimateMs }) => [id, estimateMs]));
  const byId = new Map(tasks.map((task) => [task.id, task]));
  for (const { id, dependencies } of tasks.toReversed()) {
    for (const dependency of dependencies) {
      paths.set(dependency, Math.max(paths.get(dependency), byId.get(dependency).estimateMs + paths.get(id)));
    }
  }
  return paths;
}

/**
 * Makespan in ms of list scheduling: whenever a slot is free, the ready task with the longest remaining path starts, the
 * earlier one where two are equal. The tasks are in topological order; all durations are known.
 */
export function idealMakespan(tasks, concurrency) {
  const paths = longestPaths(tasks);
  const open = new Map(tasks.map(({ id, dependencies }) => [id, dependencies.length]));
  const ready = tasks.filter(({ dependencies }) => dependencies.length === 0);
  const running = [];
  let now = 0;
  while (ready.length + running.length > 0) {
    ready.sort((a, b) => paths.get(b.id) - paths.get(a.id) || tasks.indexOf(a) - tasks.indexOf(b));
    while (ready.length > 0 && running.length < concurrency) {
      const task = ready.shift();
      running.push({ task, end: now + task.estimateMs });
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

/**
 * The same policy by a few lines of code on real timers: what is left to the machine. Resolves when all calls have ended.
 */
export function listSchedule(tasks, concurrency, call) {
  const paths = longestPaths(tasks);
  const open = new Map(tasks.map(({ id, dependencies }) => [id, dependencies.length]));
  const ready = tasks.filter(({ dependencies }) => dependencies.length === 0);
  let working = 0;
  let left = tasks.length;
  return new Promise((resolve, reject) => {
    const startReady = () => {
      ready.sort((a, b) => paths.get(b.id) - paths.get(a.id) || tasks.indexOf(a) - tasks.indexOf(b));
      while (ready.length > 0 && working < concurrency) {
        const task = ready.shift();
        working++;
        call(task).then(() => ended(task), reject);
      }
    };
    const ended = ({ id }) => {
      working--;
      for (const task of tasks) {
        if (!task.dependencies.includes(id)) continue;
        open.set(task.id, open.get(task.id) - 1);
        if (open.get(task.id) === 0) ready.push(task);
      }
      if (--left === 0) resolve();
      else startReady();
    };
    startReady();
  });
}

/** No schedule at all can be shorter than this, ms: the critical path, or all the work over all slots. */
export function lowerBound(tasks, concurrency) {
  const critical = Math.max(...longestPaths(tasks).values());
  const work = tasks.reduce((sum, { estimateMs }) => sum + estimateMs, 0);
  return Math.max(critical, concurrency === Number.POSITIVE_INFINITY ? 0 : work / concurrency);
}
