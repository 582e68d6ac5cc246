// The least an engine can do: counters of open dependencies and a queue. No priorities, no journal, no errors.

function schedule(tasks, call, concurrency) {
  const open = new Map(tasks.map(({ id, dependencies }) => [id, dependencies.length]));
  const dependents = new Map(tasks.map(({ id }) => [id, []]));
  for (const task of tasks) for (const dependency of task.dependencies) dependents.get(dependency).push(task);
  const ready = tasks.filter(({ dependencies }) => dependencies.length === 0);
  let left = tasks.length;
  let working = 0;
  let next = 0;
  return new Promise((resolve, reject) => {
    const startReady = () => {
      while (next < ready.length && working < concurrency) {
        const task = ready[next++];
        working++;
        call(task).then(() => ended(task), reject);
      }
    };
    const ended = ({ id }) => {
      working--;
      for (const dependent of dependents.get(id)) {
        const count = open.get(dependent.id) - 1;
        open.set(dependent.id, count);
        if (count === 0) ready.push(dependent);
      }
      if (--left === 0) resolve();
      else startReady();
    };
    startReady();
  });
}

export default [
  {
    name: 'by hand',
    load: async () => {},
    graph:
      ({ tasks, call, concurrency }) =>
      () =>
        schedule(tasks, call, concurrency),
    stream:
      ({ agents, source, onText }) =>
      () =>
        Promise.all(
          Array.from({ length: agents }, async (_, agent) => {
            for await (const token of source()) onText(agent, token);
          }),
        ),
  },
];
