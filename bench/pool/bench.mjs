// How close the pool comes to the shortest possible time under rate limits, and how many requests it has refused. Time is scaled: a
// minute's limit is one of 6 s, for the vendors in their settings and for the pool by its clock.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import { decisions } from './decisions.mjs';
import { simulated } from './simulated.mjs';

const SCALE = 10;
const WINDOW_MS = 60_000 / SCALE;
const CALLS = 300;
const WORKERS = 32;
const KEYS = ['sk-fake-A', 'sk-fake-B'];
const LATENCY_MS = [50, 150];
const SEEDS = (process.env.POOL_SEEDS ?? '1,2,3').split(',').map(Number);

const window = (limit) => ({ type: 'window', limit, windowMs: WINDOW_MS });
const bucket = (limit, burst) => ({ type: 'bucket', limit, windowMs: WINDOW_MS, burst });
const WINDOW = [{ provider: 'openai', shape: 'openai', limit: window(60) }];
const BUCKET = [{ provider: 'openai', shape: 'openai', limit: bucket(60, 2) }];
const THREE = [
  { provider: 'openai', shape: 'openai', limit: window(60) },
  { provider: 'anthropic', shape: 'anthropic', limit: bucket(90, 3) },
  { provider: 'gemini', shape: 'openai', limit: bucket(30, 1), headers: 'none' },
];

/** So many clients run at once, in turn over scenarios and adapters: more would measure the machine. */
const AT_ONCE = Number(process.env.POOL_AT_ONCE ?? 2);

// What stands in one list is measured side by side, so that noise hits all of it.
const ROUNDS = [
  [
    {
      name: 'sliding window, limits known',
      vendors: WINDOW,
      limits: [60],
      adapters: ['ours', 'sdk', 'random'],
      goal: 1.05,
    },
    {
      name: 'bucket of burst 2, limits known',
      vendors: BUCKET,
      limits: [60],
      adapters: ['ours', 'sdk', 'random'],
      goal: 1.1,
    },
  ],
  [
    { name: 'sliding window, limits hidden', vendors: WINDOW, adapters: ['ours'], goal: 1.15 },
    { name: 'bucket of burst 2, limits hidden', vendors: BUCKET, adapters: ['ours'], goal: 1.15 },
    {
      name: 'sliding window, two processes',
      vendors: WINDOW,
      limits: [60],
      adapters: ['ours'],
      processes: 2,
      goal: 1.1,
    },
    {
      name: 'bucket of burst 2, two processes',
      vendors: BUCKET,
      limits: [60],
      adapters: ['ours'],
      processes: 2,
      goal: 1.1,
    },
    {
      name: 'three vendors, limits known',
      vendors: THREE,
      limits: [60, 90, 30],
      keys: 1,
      calls: 450,
      adapters: ['ours'],
      goal: 1 / 0.95,
    },
  ],
];

/** Runs the benchmark and prints its tables. */
export async function run() {
  const wanted = process.env.POOL_ONLY ?? '';
  const rows = new Map();
  const atOnce = pLimit(AT_ONCE);
  for (const seed of SEEDS) {
    for (const round of ROUNDS) {
      const jobs = round
        .filter(({ name }) => name.includes(wanted))
        .flatMap((scenario) =>
          scenario.adapters
            .filter((one) => (process.env.POOL_CLIENT ?? one) === one)
            .map((adapter) => ({ scenario, adapter })),
        );
      await Promise.all(
        jobs.map(({ scenario, adapter }) =>
          atOnce(async () => {
            const result = await measure(scenario, adapter, seed);
            const key = `${scenario.name} | ${adapter}`;
            rows.set(key, [...(rows.get(key) ?? []), result]);
            if (process.env.POOL_VERBOSE) console.error(key, seed, JSON.stringify(result));
          }),
        ),
      );
    }
  }
  print(rows);
  if (wanted !== '') return;
  await simulated();
  await decisions();
}

async function measure(
  { name, vendors: described, limits, processes = 1, keys: keyCount = 2, calls = CALLS },
  adapter,
  seed,
) {
  const keys = KEYS.slice(0, keyCount);
  const folder = await mkdtemp(path.join(tmpdir(), 'ensemble-bench-pool-'));
  const vendors = await Promise.all(described.map((one) => startVendor(one, adapter, seed)));
  const task = {
    ...{
      adapter,
      seed,
      keys,
      limits,
      scale: SCALE,
      epoch: Date.now(),
      workers: WORKERS / processes,
      calls: calls / processes,
    },
    vendors: vendors.map(({ origin, provider }) => ({ origin, provider })),
    databaseFile: processes > 1 ? path.join(folder, 'shared.db') : null,
  };
  const clients = Array.from({ length: processes }, () => start('client.mjs', task));
  await Promise.all(clients.map((client) => client.next()));
  for (const client of clients) client.send('go');
  const results = await Promise.all(clients.map((client) => client.next()));
  const logs = await Promise.all(vendors.map((vendor) => vendor.stop()));
  await rm(folder, { recursive: true, force: true });
  if (process.env.POOL_TRACE) {
    const { writeFile } = await import('node:fs/promises');
    await writeFile(
      `${process.env.POOL_TRACE}/${name.replaceAll(/\W+/g, '-')}-${adapter}-${seed}.json`,
      JSON.stringify({ results, logs }),
    );
  }
  const seconds = Math.max(...results.map((result) => result.seconds));
  return {
    seconds,
    // Errors use the limits up, too: where the summed capacity is the question, they count.
    ratio: seconds / shortest(described, keyCount, described.length > 1 ? calls + sum(logs, 'errors') : calls),
    refused: sum(logs, 'refused'),
    failed: calls - results.reduce((sum, result) => sum + result.completed, 0),
    errors: results.map((result) => result.errors),
    perKey: logs.map((log) => log.perKey),
  };
}

function sum(logs, field) {
  return logs.reduce((all, log) => all + log[field], 0);
}

/** The shortest time, s: until the vendors together may have admitted so many requests, and the mean latency of the last. */
function shortest(vendors, keys, calls) {
  const meanLatency = (LATENCY_MS[0] + LATENCY_MS[1]) / 2;
  const admitted = (ms) =>
    vendors.reduce((sum, { limit }) => {
      const one =
        limit.type === 'window'
          ? limit.limit * (Math.floor(ms / WINDOW_MS) + 1)
          : limit.burst + Math.floor((ms * limit.limit) / WINDOW_MS + 1e-9);
      return sum + one * keys;
    }, 0);
  let ms = 0;
  while (admitted(ms) < calls) ms++;
  return (ms + meanLatency) / 1000;
}

async function startVendor({ shape, provider, limit, headers }, adapter, seed) {
  const vendor = start('vendor.mjs', {
    shape,
    behaviour: {
      ...{ limit, seed, latencyMs: LATENCY_MS, errorRate: 0.02, headers: headers ?? shape },
      headerScale: adapter === 'ours' ? SCALE : 1,
    },
  });
  const { origin } = await vendor.next();
  const stop = async () => {
    vendor.send('stop');
    return (await vendor.next()).log;
  };
  return { origin, provider, stop };
}

/** A child process that is told its task and answers with messages. */
function start(file, task) {
  const child = fork(new URL(file, import.meta.url));
  const messages = [];
  let wake = () => {};
  child.on('message', (message) => {
    messages.push(message);
    wake();
  });
  child.send(task);
  return {
    send: (message) => child.send(message),
    async next() {
      while (messages.length === 0) {
        await new Promise((resolve, reject) => {
          wake = resolve;
          child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
        });
      }
      return messages.shift();
    },
  };
}

function print(rows) {
  const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
  console.log(
    `${CALLS} calls, ${WORKERS} workers, 2 keys, 2 % of errors, seeds ${SEEDS.join(', ')}, load ${loadavg()[0].toFixed(1)}.\n`,
  );
  console.log('| limits | client | time / shortest possible (each seed) | median | goal | 429s | failures |');
  console.log('|---|---|---|---|---|---|---|');
  for (const { name, adapters, goal } of ROUNDS.flat()) {
    for (const adapter of adapters) {
      const results = rows.get(`${name} | ${adapter}`);
      if (!results) continue;
      const ratios = results.map(({ ratio }) => ratio);
      const cells = [
        name,
        adapter,
        ratios.map((ratio) => ratio.toFixed(3)).join(' '),
        median(ratios).toFixed(3),
        adapter === 'ours' ? `<= ${goal.toFixed(2)}` : '',
        results.map(({ refused }) => refused).join(' '),
        results.map(({ failed }) => failed).join(' '),
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
  console.log('');
}
