// Ways to make a call over several keys. Each: (task) => { call(number): Promise<text>, close?() }.
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

const MODEL = 'fake-1';
const messages = (number) => [{ role: 'user', content: `hello ${number}` }];

export const ADAPTERS = {
  /** The pool. Its time runs `scale` times as fast, so that a minute's limit is one of `60 / scale` s. */
  async ours({ vendors, keys, limits, scale, epoch, databaseFile }) {
    const { createPool, openSharedQuota } = await import('../../dist/index.js');
    const shared = databaseFile ? await openSharedQuota(databaseFile) : null;
    const accounts = vendors.flatMap(({ origin, provider }, index) =>
      keys.map((apiKey) => ({
        name: `${provider}-${index}-${apiKey.slice(-1)}`,
        provider,
        apiKey,
        baseURL: provider === 'anthropic' ? origin : `${origin}/v1`,
      })),
    );
    const quotaGroups = Object.fromEntries(
      accounts.flatMap(({ name }, index) => {
        const requestsPerMinute = limits?.[Math.floor(index / keys.length)];
        return requestsPerMinute ? [[name, { requestsPerMinute }]] : [];
      }),
    );
    const now = () => epoch + (performance.timeOrigin + performance.now() - epoch) * scale;
    const clock = {
      now,
      monotonic: () => performance.now() * scale,
      sleep: (ms, signal) => (ms <= 0 ? turn(undefined, { signal }) : sleep(ms / scale, undefined, { signal })),
    };
    const pool = await createPool({ accounts, quotaGroups, clock, ...(shared ? { quota: shared.quota } : {}) });
    await loadSdks(createPool, accounts);
    const attribution = { runId: 'bench', instanceId: 'bench', agent: 'bench', purpose: 'subtask' };
    return {
      async call(number, trace) {
        const onNote = (note) => trace?.push({ ...note, number, at: performance.timeOrigin + performance.now() });
        const outcome = await pool.call(
          {
            messages: messages(number),
            tier: 'simple',
            model: null,
            maxTokens: 100,
            temperature: null,
            responseSchema: null,
            priority: 5,
            runBudget: { usd: null, tokens: null },
            loadBalancing: null,
            attribution,
          },
          { onNote },
        );
        if (outcome.status !== 'completed') throw new Error(outcome.failure?.message ?? outcome.status);
        return outcome.text;
      },
      close: () => shared?.close(),
    };
  },

  /** The SDK's own retries, which heed `retry-after-ms`; keys in turn. */
  async sdk({ vendors, keys }) {
    const { default: OpenAI } = await import('openai');
    const clients = keys.map((apiKey) => new OpenAI({ apiKey, baseURL: `${vendors[0].origin}/v1`, maxRetries: 10 }));
    return { call: (number) => streamed(clients[number % clients.length], number) };
  },

  /** What load balancers of gateways do: a key by chance, exponential backoff, another key by chance. */
  async random({ vendors, keys, seed }) {
    const { default: OpenAI } = await import('openai');
    const { seededRandom } = await import('../../test/support/limited-vendor.ts');
    const random = seededRandom(seed);
    const clients = keys.map((apiKey) => new OpenAI({ apiKey, baseURL: `${vendors[0].origin}/v1`, maxRetries: 0 }));
    return {
      async call(number) {
        for (let attempt = 0; ; attempt++) {
          try {
            return await streamed(clients[Math.floor(random() * clients.length)], number);
          } catch (error) {
            if (attempt >= 10) throw error;
            await sleep(Math.min(8_000, 100 * 2 ** attempt) * (0.75 + random() / 2));
          }
        }
      },
    };
  },
};

/** The others have loaded their SDK before the clock starts, so the pool's are loaded, too: by a call that reaches nobody. */
async function loadSdks(createPool, accounts) {
  for (const account of accounts) {
    const pool = await createPool({ accounts: [{ ...account, baseURL: 'http://127.0.0.1:9/v1' }] });
    const attribution = { runId: 'warm-up', instanceId: 'warm-up', agent: 'warm-up', purpose: 'test' };
    const request = {
      messages: messages(0),
      tier: 'simple',
      model: null,
      maxTokens: 1,
      temperature: null,
      attribution,
    };
    const rest = { responseSchema: null, priority: 5, runBudget: { usd: null, tokens: null }, loadBalancing: null };
    await pool.call({ ...request, ...rest }, { signal: AbortSignal.timeout(300) }).catch(() => undefined);
  }
}

async function streamed(client, number) {
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: messages(number),
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let finished = false;
  for await (const { choices } of stream) {
    text += choices[0]?.delta?.content ?? '';
    finished ||= Boolean(choices[0]?.finish_reason);
  }
  if (!finished) throw new Error('cut');
  return text;
}
