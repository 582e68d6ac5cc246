// One process that opens a store, lists the first page and says how long it took and how much memory it has.
// Arguments: who, file.
import fs from 'node:fs';

const [who, file] = process.argv.slice(2);
const LIST =
  'SELECT id, task_id, run_id, type, model, account, status, tokens, cost, created_at FROM conversations ORDER BY id DESC LIMIT 50';
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024;

const WAYS = {
  async ensemble() {
    const { openStorage } = await import(process.env.ENSEMBLE_BENCH_STORE);
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const workerUrl = new URL('./storage-worker.mjs', process.env.ENSEMBLE_BENCH_STORE);
    const before = resident();
    const began = performance.now();
    const storage = await openStorage({ file, workerUrl, logger });
    const page = await storage.history.conversations({ limit: 50 });
    return { before, ms: performance.now() - began, rows: page.items.length, close: () => storage.close() };
  },
  async node() {
    const { DatabaseSync } = await import('node:sqlite');
    const before = resident();
    const began = performance.now();
    const database = new DatabaseSync(file);
    const rows = database.prepare(LIST).all();
    return { before, ms: performance.now() - began, rows: rows.length, close: () => database.close() };
  },
  async whole() {
    const { createRequire } = await import('node:module');
    const before = resident();
    const began = performance.now();
    const SQL = await createRequire(import.meta.url)('sql.js')();
    const database = new SQL.Database(fs.readFileSync(file));
    const [found] = database.exec(LIST);
    return { before, ms: performance.now() - began, rows: found.values.length, close: () => database.close() };
  },
};

const { before, ms, rows, close } = await WAYS[who]();
const after = resident();
await close();
console.log(JSON.stringify({ ms, rows, before, after }));
