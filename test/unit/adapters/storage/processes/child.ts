import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStorage } from '../../../../../src/adapters/storage/open-storage.ts';
import { currentOwner } from '../../../../../src/adapters/storage/process-identity.ts';
import { loadSqlite } from '../../../../../src/adapters/storage/sqlite/sqlite.ts';
import type { Request } from '../../../../../src/adapters/storage/worker/file-operations.ts';
import { openServer } from '../../../../../src/adapters/storage/worker/server.ts';
import type { JournalWrite } from '../../../../../src/core/engine/journal-entry.ts';
import { FIRST, outcome, RUN, task } from '../../../../contract/journal-samples.ts';

// A writing process for the tests, bundled by child-process.ts. Arguments: mode, folder of the bundle, database file, name
// of its runs, number. Prints a line `<run> <seq>` for every append that was acknowledged, after it was.

const [mode, bundle = '', file = '', name = '', number = ''] = process.argv.slice(2);
const wasmFile = path.join(bundle, 'sql-wasm-debug.wasm');
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Every seventh entry is long enough for the blobs. The projection counts the entries, in the same transaction. */
function change(seq: number): JournalWrite {
  const entries = [outcome(`${seq}`, 'x'.repeat(seq % 7 === 0 ? 9_000 + seq : 400))];
  return { entries, run: { ...RUN, succeeded: seq }, tasks: [task('security', { attempt: seq })] };
}

function acknowledge(run: string, seq: number): void {
  fs.writeSync(1, `${run} ${seq}\n`);
}

function open() {
  const workerUrl = pathToFileURL(path.join(bundle, 'storage-worker.mjs'));
  return openStorage({ file, workerUrl, wasmFile, logger: silent });
}

/** Three runs at once, `number` appends each, so that commits are shared. */
async function write(): Promise<void> {
  const storage = await open();
  const chain = async (run: string) => {
    await storage.journal.create(run, currentOwner(), { ...FIRST, run: { ...RUN, succeeded: 1 } });
    acknowledge(run, 1);
    for (let seq = 2; seq <= Number(number); seq++) {
      await storage.journal.append(run, 1, change(seq));
      acknowledge(run, seq);
    }
  };
  await Promise.all([0, 1, 2].map((index) => chain(`${name}-${index}`)));
  await storage.close();
}

/** Everything in this thread, which is killed right before its `number`-th change of a file after the first acknowledgement. */
function dieAtChange(): Promise<void> {
  return writeUntilKilled(() => countdownToDeath(Number(number)));
}

/** The same, counted from before the file is opened: the lock, the probe, the schema of a new file, backups, tidying up. */
function dieFromStart(): Promise<void> {
  countdownToDeath(Number(number));
  return writeUntilKilled(() => {});
}

async function writeUntilKilled(afterFirst: () => void): Promise<void> {
  const server = openServer(await loadSqlite(wasmFile, 10_000), { file, owner: currentOwner(), busyMs: 10_000 });
  const execute = (request: unknown) => server.execute([request as Request]);
  execute({ name: 'createRun', args: [name, currentOwner(), { ...FIRST, run: { ...RUN, succeeded: 1 } }] });
  acknowledge(name, 1);
  afterFirst();
  for (let seq = 2; ; seq++) {
    execute({ name: 'appendToRun', args: [name, 1, change(seq)] });
    acknowledge(name, seq);
  }
}

function countdownToDeath(changes: number): void {
  let left = changes;
  const functions = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const call of ['writeSync', 'fdatasyncSync', 'ftruncateSync', 'linkSync', 'unlinkSync']) {
    const real = functions[call];
    functions[call] = (...args) => {
      // The acknowledgements themselves go to descriptor 1.
      if (args[0] !== 1 && left-- === 0) process.kill(process.pid, 'SIGKILL');
      return real?.(...args);
    };
  }
}

/** Leaves an append under way and does not close: the process must end by itself, and not before the append is there. */
async function leaveOpen(): Promise<void> {
  const storage = await open();
  await storage.journal.create(name, currentOwner(), FIRST);
  storage.journal.append(name, 1, change(2)).then(() => acknowledge(name, 2));
}

const modes: Record<string, () => Promise<void>> = { write, dieAtChange, dieFromStart, leaveOpen };
await modes[mode ?? '']?.();
