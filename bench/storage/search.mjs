// Searching 100,000 conversations: words from the most frequent to the rarest, beginnings of words, two words, nothing found.
import { DatabaseSync } from 'node:sqlite';
import { open, PRAGMAS, prepare, quantile, word } from './data.mjs';

const ROUNDS = Number(process.env.ENSEMBLE_BENCH_ROUNDS ?? 5);
const RANKS = [1, 2, 5, 10, 30, 100, 300, 1_000, 3_000, 10_000, 19_000];

const QUERIES = [
  ...RANKS.map((rank) => word(rank)),
  ...RANKS.map((rank) => word(rank).slice(0, 4)),
  ...RANKS.map((rank) => `${word(rank)} ${word(rank + 3)}`),
  ...RANKS.map((rank) => `${word(rank)} ${word(3)}`),
  'thereisnosuchword',
];

/** What node:sqlite would do: the same page, without the total and without snippets. */
const PLAIN = `SELECT id, task_id, run_id, type, model, account, status, tokens, cost, created_at, messages, response FROM conversations
  WHERE id IN (SELECT docid FROM conversation_search WHERE conversation_search MATCH ?) ORDER BY id DESC LIMIT 50`;

export async function searchBench(folder) {
  const file = await prepare(folder, 100_000);
  const storage = await open(file);
  const database = new DatabaseSync(file, { readOnly: true });
  database.exec(PRAGMAS);
  const plain = database.prepare(PLAIN);
  const contenders = {
    'Ensemble: page of 50, total, snippets': (search) => storage.history.conversations({ search, limit: 50 }),
    'node:sqlite: page of 50 alone': async (search) =>
      plain.all(
        search
          .split(' ')
          .map((one) => `"${one}*"`)
          .join(' '),
      ),
  };
  const times = new Map(Object.keys(contenders).map((name) => [name, []]));
  const slowest = new Map();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const query of QUERIES) {
      for (const [name, search] of Object.entries(contenders)) {
        const began = performance.now();
        await search(query);
        const ms = performance.now() - began;
        if (round === 0) continue;
        times.get(name).push(ms);
        if (name.startsWith('Ensemble')) slowest.set(query, Math.max(slowest.get(query) ?? 0, ms));
      }
    }
  }
  await storage.close();
  database.close();
  const rows = [...times].map(([name, all]) => ({
    name,
    p50: quantile(all, 0.5),
    p95: quantile(all, 0.95),
    max: Math.max(...all),
  }));
  console.log('| search of 100,000 conversations, ms | p50 | p95 | slowest |\n|---|---|---|---|');
  for (const { name, p50, p95, max } of rows)
    console.log(`| ${[name, p50.toFixed(1), p95.toFixed(1), max.toFixed(1)].join(' | ')} |`);
  console.log('\nGoal: p95 at most 50 ms.');
  const worst = [...slowest].sort(([, a], [, b]) => b - a).slice(0, 5);
  console.log(`Slowest: ${worst.map(([query, ms]) => `"${query}" ${ms.toFixed(0)}`).join(', ')}\n`);
  return rows;
}
