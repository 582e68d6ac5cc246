// Databases to measure on: conversations of 2 KB whose words are as unevenly frequent as those of a language.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStorage } from '../../src/adapters/storage/open-storage.ts';

const VOCABULARY = 20_000;
const WORDS = 300;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

export const ROW = `INSERT INTO conversations (task_id, type, messages, model, tokens, cost, created_at, run_id, account, status, response)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Settings that other SQLites get, so that all promise the same. */
export const PRAGMAS = 'PRAGMA synchronous=FULL; PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY';

/** The word of a rank; 1 is the most frequent. */
export function word(rank) {
  return `w${((rank * 2_654_435_761) >>> 0).toString(36)}`;
}

/** About 2,000 characters; the word of rank r occurs about as often as 1/r says. */
function textOf(number) {
  let state = (number * 747_796_405 + 2_891_336_453) >>> 0;
  const words = Array.from({ length: WORDS }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return word(Math.floor(VOCABULARY ** (state / 2 ** 32)));
  });
  return words.join(' ').slice(0, 2_000);
}

/** A call as the product records it. */
export function conversationOf(number) {
  const messages = [{ role: 'user', content: textOf(number) }];
  return {
    taskId: `run-${number % 1_000}/security`,
    runId: `run-${number % 1_000}`,
    type: 'security',
    messages,
    model: 'm',
    account: 'a',
  };
}

/** The same as values of {@link ROW}. */
export function valuesOf(number) {
  const { taskId, runId, type, messages, model, account } = conversationOf(number);
  const at = new Date(1_700_000_000_000 + number * 1_000).toISOString();
  return [
    taskId,
    type,
    JSON.stringify(messages),
    model,
    500,
    0.01,
    at,
    runId,
    account,
    'completed',
    'Nothing to report.',
  ];
}

export const open = (file) =>
  openStorage({ file, workerUrl: new URL('../../src/entries/storage-worker.ts', import.meta.url), logger: SILENT });

/** A database of the product with `size` conversations. Kept in `folder` for the next run. */
export async function prepare(folder, size) {
  const file = path.join(folder, `conversations-${size}.db`);
  if (fs.existsSync(file)) return file;
  const part = `${file}.part`;
  for (const leftover of [part, `${part}-undo`]) fs.rmSync(leftover, { force: true });
  const storage = await open(part);
  await storage.close();
  const database = new DatabaseSync(part);
  database.exec('PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY; PRAGMA cache_size=-400000');
  const insert = database.prepare(ROW);
  for (let first = 0; first < size; first += 10_000) {
    database.exec('BEGIN');
    for (let number = first; number < Math.min(size, first + 10_000); number++) insert.run(...valuesOf(number));
    database.exec('COMMIT');
  }
  database.close();
  fs.renameSync(part, file);
  return file;
}

/** Where databases lie: ENSEMBLE_BENCH_DATA, else a folder that `clean` removes. */
export function dataFolder() {
  const kept = process.env.ENSEMBLE_BENCH_DATA;
  if (kept) fs.mkdirSync(kept, { recursive: true });
  const folder = kept ?? fs.mkdtempSync(path.join(os.tmpdir(), 'ensemble-bench-'));
  return { folder, clean: () => (kept ? undefined : fs.rmSync(folder, { recursive: true, force: true })) };
}

export const quantile = (values, part) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
