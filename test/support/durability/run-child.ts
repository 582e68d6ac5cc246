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

// A process that begins runs or goes on with them, all at once, bundled by durable-place.ts. Arguments: folder of the bundle,
// database, folder for the traces, how many ms an effect takes, ids of the runs. Prints a line per effect, and how each run ended.

const [bundle = '', file = '', traces = '', effectMs = '2', ...runIds] = process.argv.slice(2);
const silent = { debug() {}, info() {}, warn() {}, error() {} };

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

async function run(runId: string): Promise<void> {
  const trace = fs.openSync(path.join(traces, `${runId}.traces`), 'a');
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
    say(`READY ${runId}`);
    const { status } = await handle.result;
    say(`END ${runId} ${status}`);
  } catch (error) {
    say(`FAILED ${runId} ${toErrorInfo(error).code} ${toErrorInfo(error).message}`);
  }
}

await Promise.all(runIds.map(run));
await storage.close();
