// One 2 KB row per durable transaction, into a table of 1,000 and of 100,000 such rows: our storage as the product uses it
// (worker thread, awaited), the same SQLite without the thread, and Node's own SQLite. All connections stay open and take
// turns, so that the disk's moods hit everyone. Run with Node 24 or newer: it imports the TypeScript sources.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStorage } from '../../src/adapters/storage/open-storage.ts';
import { currentOwner } from '../../src/adapters/storage/process-identity.ts';
import { FileMutex } from '../../src/adapters/storage/sqlite/file-mutex.ts';
import { loadSqlite } from '../../src/adapters/storage/sqlite/sqlite.ts';

const SIZES = [1_000, 100_000];
const ROUNDS = 9;
const INSERTS_PER_TURN = 30;
const REFERENCE = 'node:sqlite, DELETE/FULL';

const WASM_FILE = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm-debug.wasm');
const INSERT = 'INSERT INTO documents (task_id, title, content, format, created_at) VALUES (?, ?, ?, ?, ?)';
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Numbered, so that no page compresses or repeats. */
function documentOf(number) {
  const words = Array.from({ length: 280 }, (_, index) =>
    ((number * 2_654_435_761 + index * 40_503) >>> 0).toString(36),
  );
  return {
    taskId: `task-${number}`,
    title: `Document ${number}`,
    content: words.join(' ').slice(0, 2_000),
    format: 'text',
  };
}

function valuesOf(number) {
  const { taskId, title, content, format } = documentOf(number);
  return [taskId, title, content, format, '2026-01-01T00:00:00.000Z'];
}

const open = (file) =>
  openStorage({ file, workerUrl: new URL('../../src/entries/storage-worker.ts', import.meta.url), logger: SILENT });

/** A database of the product with `size` documents. */
async function prepare(file, size) {
  const storage = await open(file);
  await storage.close();
  const database = new DatabaseSync(file);
  const insert = database.prepare(INSERT);
  database.exec('PRAGMA synchronous=OFF; BEGIN');
  for (let number = 0; number < size; number++) insert.run(...valuesOf(number));
  database.exec('COMMIT');
  database.close();
}

function nodeSqlite(journalMode) {
  return async (file) => {
    const database = new DatabaseSync(file);
    const settings = `PRAGMA journal_mode=${journalMode}; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY`;
    database.exec(settings);
    const insert = database.prepare(INSERT);
    return { insert: (number) => insert.run(...valuesOf(number)), close: () => database.close() };
  };
}

/** How each contender is opened on its own copy of the database. */
function contenders(sqlite) {
  return {
    'Ensemble storage (worker)': async (file) => {
      const storage = await open(file);
      return { insert: (number) => storage.stores.documents.save(documentOf(number)), close: () => storage.close() };
    },
    'its SQLite, same thread, TRUNCATE/FULL': async (file) => {
      const mutex = new FileMutex(`${file}.lock`, currentOwner());
      const connection = sqlite.open(file, mutex);
      connection.execute(
        'PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY',
      );
      const close = () => {
        connection.close();
        mutex.close();
      };
      return { insert: (number) => connection.run(INSERT, valuesOf(number)), close };
    },
    'node:sqlite, TRUNCATE/FULL': nodeSqlite('TRUNCATE'),
    [REFERENCE]: nodeSqlite('DELETE'),
  };
}

async function openAll(folder, sqlite) {
  const lanes = [];
  for (const size of SIZES) {
    const template = path.join(folder, `${size}.db`);
    await prepare(template, size);
    for (const [name, openOn] of Object.entries(contenders(sqlite))) {
      const file = path.join(folder, `${size}-${lanes.length}.db`);
      fs.copyFileSync(template, file);
      lanes.push({ name, size, times: [], ...(await openOn(file)) });
    }
  }
  return lanes;
}

async function turn(lane, first) {
  for (let number = first; number < first + INSERTS_PER_TURN; number++) {
    const began = performance.now();
    await lane.insert(number);
    lane.times.push(performance.now() - began);
  }
}

const quantile = (values, part) => values.toSorted((a, b) => a - b)[Math.floor(values.length * part)];

function report(lanes) {
  const medianOf = (name, size) => quantile(lanes.find((lane) => lane.name === name && lane.size === size).times, 0.5);
  const [small, large] = SIZES;
  const names = [...new Set(lanes.map(({ name }) => name))];
  return names.map((name) => ({
    name,
    medianSmallMs: medianOf(name, small),
    medianLargeMs: medianOf(name, large),
    p90LargeMs: quantile(lanes.find((lane) => lane.name === name && lane.size === large).times, 0.9),
    growth: medianOf(name, large) / medianOf(name, small),
    ratioSmall: medianOf(name, small) / medianOf(REFERENCE, small),
    ratioLarge: medianOf(name, large) / medianOf(REFERENCE, large),
  }));
}

function toMarkdown(rows) {
  const cell = (value) => value.toFixed(2);
  return [
    `| one 2 KB row per transaction, ms | 1k rows | 100k rows | 100k, p90 | 100k / 1k | to ${REFERENCE}: 1k | 100k |`,
    '|---|---|---|---|---|---|---|',
    ...rows.map(({ name, ...figures }) => `| ${[name, ...Object.values(figures).map(cell)].join(' | ')} |`),
  ].join('\n');
}

/** Prints a table for people and a line of JSON; resolves with the figures. Needs about 1.5 GB of temporary space. */
export async function run() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ensemble-bench-'));
  try {
    const lanes = await openAll(folder, await loadSqlite(WASM_FILE, 10_000));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const lane of lanes) await turn(lane, 1_000_000 + round * INSERTS_PER_TURN);
      // The first round only warms the caches.
      if (round === 0) for (const lane of lanes) lane.times.length = 0;
    }
    for (const lane of lanes) await lane.close();
    const rows = report(lanes);
    console.log(`${toMarkdown(rows)}\n\nGoal: flat within 20 %, at most twice node:sqlite.\n`);
    console.log(JSON.stringify({ bench: 'storage', rounds: ROUNDS, insertsPerRound: INSERTS_PER_TURN, rows }));
    return rows;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
