/** A database with a long history, written at once: what would take the product hours of work with models. */
import { DatabaseSync } from 'node:sqlite';
import { open, ROW, valuesOf } from '../../bench/storage/data.mjs';

const RUN = `INSERT INTO runs
  (run_id, epoch, status, kind, title, workspace, task_count, succeeded, failed, skipped, tokens, cost_micros, created_at, updated_at)
  VALUES (?, 1, ?, ?, ?, ?, 1, 1, 0, 0, ?, 1000, ?, ?)`;
const TOKENS = JSON.stringify({ input: 400, output: 100, total: 500, estimated: false });
const STATUSES = ['completed', 'completed', 'completed', 'partial', 'failed'];
const KINDS = ['review', 'review', 'run', 'refactor'];
/** Runs that have begun just now, one each tenth of a second, so that they fill more than a page of today. */
const NEW = 1_000;
/** Time between the older ones: 100,000 of them reach back eleven months. */
const APART_MS = 5 * 60_000;

/**
 * Makes `file` a database with `count` ended runs of one conversation of 2 KB each; every tenth was in another folder than
 * `workspace`.
 */
export async function writeManyRuns(file, { count, workspace, now = Date.now() }) {
  await (await open(file)).close();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY; PRAGMA cache_size=-200000; BEGIN');
  const run = database.prepare(RUN);
  const conversation = database.prepare(ROW);
  for (let number = count - 1; number >= 0; number--) {
    const at = new Date(now - (number < NEW ? number * 100 : number * APART_MS)).toISOString();
    const runId = `run-${number}`;
    const place = number % 10 === 9 ? '/elsewhere' : workspace;
    const kind = KINDS[number % KINDS.length];
    run.run(runId, STATUSES[number % STATUSES.length], kind, `Work ${number}`, place, TOKENS, at, at);
    const [, type, messages, model, tokens, cost, , , account, status, response] = valuesOf(number);
    conversation.run(`${runId}/${type}`, type, messages, model, tokens, cost, at, runId, account, status, response);
  }
  database.exec('COMMIT; PRAGMA journal_mode=DELETE');
  database.close();
}
