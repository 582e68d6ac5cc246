// What a decision of the pool costs, and that a million leave nothing behind.
const CALLS = 1_000_000;
const AT_ONCE = 50;
const PARTS_OF_RUN = 5;

const PARTS = [
  { type: 'text', text: 'ok' },
  { type: 'usage', usage: { input: 10, output: 1, cached: 0, reasoning: 0, estimated: false } },
  { type: 'finish', reason: 'stop', model: null },
];
const PROVIDER = {
  capabilities: {
    reportsFinish: true,
    reportsUsage: true,
    systemRole: true,
    structuredOutput: true,
    isLanguageModel: true,
  },
  async *stream() {
    yield* PARTS;
  },
};
const REQUEST = {
  messages: [{ role: 'user', content: 'hello' }],
  tier: 'simple',
  model: null,
  maxTokens: 10,
  temperature: null,
  responseSchema: null,
  priority: 5,
  runBudget: { usd: null, tokens: null },
  loadBalancing: null,
  attribution: { runId: 'bench', instanceId: 'bench', agent: 'bench', purpose: 'subtask' },
};

export async function decisions(calls = Number(process.env.POOL_DECISIONS ?? CALLS)) {
  const { createPool } = await import('../../dist/index.js');
  const names = ['a', 'b', 'c', 'd'];
  const pool = await createPool({
    accounts: names.map((name) => ({ name, provider: 'openai' })),
    quotaGroups: Object.fromEntries(names.map((name) => [name, { requestsPerMinute: 6_000_000, burst: 100_000 }])),
    providerFor: async () => PROVIDER,
  });
  const spend = async (count) => {
    let left = count;
    const worker = async () => {
      while (left-- > 0) {
        const { status } = await pool.call(REQUEST);
        if (status !== 'completed') throw new Error(status);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / 1e6;
  };
  await spend(calls / 10);
  const heaps = [heap()];
  const cpu = process.cpuUsage();
  for (let part = 0; part < PARTS_OF_RUN; part++) {
    await spend(calls / PARTS_OF_RUN);
    heaps.push(heap());
  }
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = Math.round(calls / ((user + system) / 1e6));
  console.log(
    `Decisions within drawn blocks (4 accounts, ${AT_ONCE} calls at once, whole calls with an instant provider): ${perSecond.toLocaleString('en-US')} per second and core (goal >= 10,000).`,
  );
  const how = globalThis.gc ? 'after a forced collection' : 'without forced collection, so it says little';
  console.log(
    `Heap in MB at the start and after each ${(calls / PARTS_OF_RUN).toLocaleString('en-US')} calls, ${how}: ${heaps.map((mb) => mb.toFixed(1)).join(' ')}.`,
  );
}
