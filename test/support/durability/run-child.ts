import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { openStorage } from '../../../src/adapters/storage/open-storage.ts';
import { currentOwner } from '../../../src/adapters/storage/process-identity.ts';
import { SystemClock } from '../../../src/adapters/system-clock.ts';
import { Engine } from '../../../src/core/engine/engine.ts';
import { TEAMWORK } from '../../../src/core/engine/teamwork.ts';
import { toErrorInfo } from '../../../src/core/errors.ts';
import { snapshot } from '../engine-fixture.ts';
import { answersItself, concludeDurably, DurableExecutor, durableTasks } from './durable-run.ts';

// A process that begins a run or goes on with it, bundled by durable-place.ts. Arguments: folder of the bundle, database, id of the
// run, file for the traces, how many ms an effect takes. Prints a line per effect, and how it ended.

const [bundle = '', file = '', runId = '', traces = '', effectMs = '2'] = process.argv.slice(2);
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const trace = fs.openSync(traces, 'a');

function say(line: string): void {
  fs.writeSync(1, `${line}\n`);
}

const storage = await openStorage({
  file,
  workerUrl: pathToFileURL(path.join(bundle, 'storage-worker.mjs')),
  wasmFile: path.join(bundle, 'sql-wasm-debug.wasm'),
  logger: silent,
});
const { journal } = storage;
const engine = new Engine({
  journal,
  clock: new SystemClock(),
  random: Math.random,
  logger: silent,
  owner: currentOwner(),
  teamwork: TEAMWORK,
});
const behaviour = {
  executor: new DurableExecutor(
    (what, taskId, key) => {
      fs.writeSync(trace, `${runId} ${process.pid} ${what} ${taskId} ${key}\n`);
      if (what === 'effect') say(taskId);
    },
    () => sleep(Number(effectMs)),
  ),
  conclude: concludeDurably,
  onEvent: null,
  ask: async ({ taskId }: { readonly taskId: string }) => (answersItself(taskId) ? true : null),
};
try {
  const isStored = (await journal.get(runId)) !== null;
  const plan = { runId, snapshot: snapshot(6), tasks: durableTasks() };
  const handle = isStored
    ? await engine.resume(runId, () => behaviour, { force: true })
    : await engine.start(plan, behaviour);
  say('READY');
  const { status, result } = await handle.result;
  say(`END ${status} ${result}`);
} catch (error) {
  say(`FAILED ${toErrorInfo(error).code} ${toErrorInfo(error).message}`);
}
await storage.close();
