// Ours, as it is built: `dist/engine.js` (package export `./engine`) and `dist/index.js` (`.`).

let runGraph;
let MemoryJournal;

const loadEngine = async () => {
  ({ runGraph } = await import('../../../dist/engine.js'));
};

const bare =
  (extra) =>
  ({ tasks, call, concurrency }) =>
  async () => {
    const { status } = await runGraph({ tasks, execute: call, concurrency, ...extra() });
    if (status !== 'completed') throw new Error(`The graph ended ${status}.`);
  };

/** One task per agent, which shows what its model streams. */
const streamInTasks =
  ({ agents, source, onText }) =>
  async () => {
    const tasks = Array.from({ length: agents }, (_, agent) => ({ id: `a${agent}`, agent }));
    const execute = async ({ agent }) => {
      for await (const token of source()) onText(agent, token);
    };
    const { status } = await runGraph({ tasks, execute, concurrency: agents });
    if (status !== 'completed') throw new Error(`The graph ended ${status}.`);
  };

// The whole product: a planner's answer adds the tasks, agents call a stub of a model through the pool, all is journaled.
const USAGE = { input: 1, output: 1, cached: 0, reasoning: 0, estimated: false };

const capabilities = {
  reportsFinish: true,
  reportsUsage: true,
  systemRole: true,
  structuredOutput: true,
  tools: true,
  needsUserGesture: false,
  inProcess: true,
  isLanguageModel: true,
};

/** What a model streams, as parts; by hand, as another generator would cost as much as the one that makes the texts. */
function partsOf(texts) {
  const end = [
    { type: 'usage', usage: USAGE },
    { type: 'finish', reason: 'stop', model: null },
  ];
  const source = texts[Symbol.asyncIterator]();
  let over = false;
  const next = async () => {
    if (!over) {
      const { value, done } = await source.next();
      if (!done) return { done: false, value: { type: 'text', text: value } };
      over = true;
    }
    return end.length > 0 ? { done: false, value: end.shift() } : { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

/** A provider that plans the given sub-tasks and lets `answer` (an async iterable of texts) do each. */
function stubProvider(subtasks, answer) {
  const idIn = (text) => /# Your sub-task: (\S+)/.exec(text)?.[1];
  const one = async function* (text) {
    yield text;
  };
  return {
    capabilities,
    listModels: async () => ['stub'],
    stream({ messages }) {
      const prompt = messages.at(-1).content;
      const id = idIn(prompt);
      if (id !== undefined) return partsOf(answer(id));
      return partsOf(one(prompt.includes('Split the task') ? JSON.stringify({ subtasks }) : 'merged'));
    },
  };
}

const subTask = (id, dependencies) => {
  return { id, title: id, description: id, role: 'coder', complexity: 'simple', dependencies };
};

let createEnsemble;
let DEFAULT_CONFIG;
let OFFLINE_ACCOUNT;

const loadLibrary = async () => {
  ({ createEnsemble } = await import('../../../dist/index.js'));
  ({ DEFAULT_CONFIG, OFFLINE_ACCOUNT } = await import('../../../src/core/config.ts'));
};

async function ensembleRun(provider, count, onEvent) {
  const config = {
    ...DEFAULT_CONFIG,
    accounts: [{ ...OFFLINE_ACCOUNT, name: 'stub', quotaGroup: 'stub' }],
    engine: { ...DEFAULT_CONFIG.engine, contextStrategy: 'isolated', maxSubTasks: count },
    budget: { ...DEFAULT_CONFIG.budget, perRunUSD: null, perDayUSD: null, allowUnknownPrices: true },
  };
  const options = { config, databaseFile: null, workspace: null, providerFor: async () => provider };
  const ensemble = await createEnsemble(options);
  return async () => {
    const request = { kind: 'run', task: 'go', context: null, strategy: 'adaptive', maxSubTasks: count };
    const { status, error } = await ensemble.run({ ...request, saveDocument: false }, { onEvent, maxParallel: 50 });
    if (status !== 'completed') throw new Error(`The run ended ${status}: ${error?.message}`);
    await ensemble.close();
  };
}

export default [
  { name: 'runGraph', load: loadEngine, graph: bare(() => ({})), stream: streamInTasks },
  {
    name: 'runGraph, journal and events',
    load: async () => {
      await loadEngine();
      ({ MemoryJournal } = await import('../../../src/adapters/storage/memory/memory-journal.ts'));
    },
    graph: bare(() => ({ journal: new MemoryJournal(), onEvent: () => {} })),
  },
  {
    name: 'createEnsemble',
    load: loadLibrary,
    graph: ({ tasks, call }) => {
      const byId = new Map(tasks.map((task) => [task.id, task]));
      const answer = async function* (id) {
        yield await call(byId.get(id));
      };
      const subtasks = tasks.map(({ id, dependencies }) => subTask(id, dependencies));
      return ensembleRun(stubProvider(subtasks, answer), tasks.length, () => {});
    },
    stream: ({ agents, source, onText }) => {
      const subtasks = Array.from({ length: agents }, (_, agent) => subTask(`agent-${agent}`, []));
      const onEvent = ({ type, taskId, text }) => {
        if (type === 'task:delta' && taskId.startsWith('agent-')) onText(taskId, text);
      };
      return ensembleRun(stubProvider(subtasks, source), agents, onEvent);
    },
  },
];
