// One durable 2 KB conversation per transaction into 1,000, 10,000 and 100,000 rows. All contenders stay open and take turns.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { conversationOf, open, PRAGMAS, prepare, quantile, ROW, valuesOf } from './data.mjs';

const SIZES = [1_000, 10_000, 100_000];
const ROUNDS = Number(process.env.ENSEMBLE_BENCH_ROUNDS ?? 9);
const INSERTS = 30;
const REFERENCE = 'node:sqlite, DELETE/FULL';

const nodeSqlite = (journalMode) => async (file) => {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode=${journalMode}; ${PRAGMAS}`);
  const insert = database.prepare(ROW);
  return { insert: (number) => insert.run(...valuesOf(number)), close: () => database.close() };
};

/** The usual way with sql.js: the database in memory, the whole file written after each change. */
async function wholeFile(file) {
  const init = createRequire(import.meta.url)('sql.js');
  const SQL = await init();
  const database = new SQL.Database(fs.readFileSync(file));
  const insert = (number) => {
    database.run(ROW, valuesOf(number));
    const descriptor = fs.openSync(`${file}.new`, 'w');
    fs.writeSync(descriptor, database.export());
    fs.fsyncSync(descriptor);
    fs.closeSync(descriptor);
    fs.renameSync(`${file}.new`, file);
  };
  return { insert, close: () => database.close(), inserts: 1, rounds: 3 };
}

const CONTENDERS = {
  'Ensemble storage (worker, awaited)': async (file) => {
    const storage = await open(file);
    return {
      insert: (number) => storage.stores.conversations.begin(conversationOf(number)),
      close: () => storage.close(),
    };
  },
  'node:sqlite, TRUNCATE/FULL': nodeSqlite('TRUNCATE'),
  [REFERENCE]: nodeSqlite('DELETE'),
  'sql.js, whole file': wholeFile,
};

async function openAll(folder) {
  const lanes = [];
  for (const size of SIZES) {
    const template = await prepare(folder, size);
    for (const [name, openOn] of Object.entries(CONTENDERS)) {
      const file = path.join(folder, `lane-${lanes.length}.db`);
      fs.copyFileSync(template, file);
      lanes.push({ name, size, file, times: [], inserts: INSERTS, rounds: ROUNDS, ...(await openOn(file)) });
    }
  }
  return lanes;
}

export async function insertBench(folder) {
  const lanes = await openAll(folder);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const lane of lanes.filter(({ rounds }) => round <= rounds)) {
      const first = 1_000_000 + round * INSERTS;
      for (let number = first; number < first + lane.inserts; number++) {
        const began = performance.now();
        await lane.insert(number);
        // The first round only warms the caches.
        if (round > 0) lane.times.push(performance.now() - began);
      }
    }
  }
  for (const lane of lanes) await lane.close();
  for (const { file } of lanes) for (const end of ['', '-undo', '-journal']) fs.rmSync(file + end, { force: true });
  const median = (name, size) => quantile(lanes.find((lane) => lane.name === name && lane.size === size).times, 0.5);
  const rows = Object.keys(CONTENDERS).map((name) => {
    const medians = SIZES.map((size) => median(name, size));
    return {
      name,
      medians,
      growth: Math.max(...medians) / Math.min(...medians),
      ratio: medians.at(-1) / median(REFERENCE, SIZES.at(-1)),
    };
  });
  console.log(
    '| one 2 KB conversation per transaction, ms (median) | 1k rows | 10k | 100k | largest / smallest | to node:sqlite, 100k |\n|---|---|---|---|---|---|',
  );
  for (const { name, medians, growth, ratio } of rows)
    console.log(
      `| ${[name, ...medians.map((ms) => ms.toFixed(2)), growth.toFixed(2), ratio.toFixed(2)].join(' | ')} |`,
    );
  console.log('\nGoal: flat within 20 %.\n');
  return rows;
}
