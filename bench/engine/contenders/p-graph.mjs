let PGraph;

export default [
  {
    name: 'p-graph',
    load: async () => {
      ({ PGraph } = await import('p-graph'));
    },
    graph: ({ tasks, call, concurrency }) => {
      const graph = new PGraph(
        new Map(tasks.map((task) => [task.id, { run: () => call(task) }])),
        tasks.flatMap(({ id, dependencies }) => dependencies.map((dependency) => [dependency, id])),
      );
      return () => graph.run(concurrency === Number.POSITIVE_INFINITY ? {} : { concurrency });
    },
  },
];
