import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { MemoryJournal } from '../../../src/adapters/storage/memory/memory-journal.ts';
import type { Storage } from '../../../src/adapters/storage/storage.ts';
import { SystemClock } from '../../../src/adapters/system-clock.ts';
import type { JournalEntry } from '../../../src/core/engine/journal-entry.ts';
import { openFile, temporaryFolder } from '../../contract/storage-implementations.ts';
import { WASM_FILE } from '../../unit/adapters/storage/sqlite-for-tests.ts';
import { behaviourOf, engineOn, snapshot } from '../engine-fixture.ts';
import { concludeDurably, DurableExecutor, durableTasks } from './durable-run.ts';

/** sql.js is CommonJS and reads these names. */
const COMMONJS_NAMES =
  `import{createRequire as $c}from'node:module';import{fileURLToPath as $f}from'node:url';import{dirname as $d}from'node:path';` +
  'const require=$c(import.meta.url);const __filename=$f(import.meta.url);const __dirname=$d(__filename);';

/** Runs that one process sees to at once: a kill finds each of them at a point of its own. */
const RUNS_PER_PROCESS = 4;

/** What a number of kills came to. */
export interface KillReport {
  /** Runs that a kill found, each at some point. */
  readonly kills: number;
  /** Of them those that the killed process had claimed and not ended. */
  readonly inside: number;
  /** Processes that were killed. */
  readonly processes: number;
  readonly runs: number;
  readonly suspensions: number;
  readonly answers: number;
  /** Effects that were performed again, as a kill came between them and their outcome. */
  readonly repeatedEffects: number;
  readonly effects: number;
  readonly messages: number;
}

/** A database, and processes that run the same run in it and are killed. */
export class DurablePlace {
  readonly storage: Storage;
  readonly #folder: string;
  readonly #bundle: string;
  readonly #random: () => number;
  #expected = '';
  /** Kills that are done or under way. */
  #aimed = 0;
  #begun = 0;
  readonly #report = {
    kills: 0,
    inside: 0,
    processes: 0,
    runs: 0,
    suspensions: 0,
    answers: 0,
    repeatedEffects: 0,
    effects: 0,
    messages: 0,
  };

  private constructor(folder: string, bundle: string, storage: Storage, random: () => number) {
    this.#folder = folder;
    this.#bundle = bundle;
    this.storage = storage;
    this.#random = random;
  }

  static async open(random: () => number): Promise<DurablePlace> {
    const folder = temporaryFolder();
    const bundle = await bundleRunChild();
    const place = new DurablePlace(folder, bundle, await openFile(path.join(folder, 'durable.db')), random);
    place.#expected = await uninterrupted();
    return place;
  }

  async close(): Promise<void> {
    await this.storage.close();
    fs.rmSync(this.#folder, { recursive: true });
    fs.rmSync(this.#bundle, { recursive: true });
  }

  /**
   * Kills processes until they have found runs at so many points, sees the last runs through, and checks everything each time.
   * Several processes share the database.
   */
  async killTimes(kills: number, atOnce = 2): Promise<KillReport> {
    const lane = async () => {
      while (this.#aimed < kills) await this.#someRuns(kills);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    return this.#report;
  }

  /** A process of its own for these runs. */
  process(runIds: readonly string[], effectMs = 2): RunProcess {
    const args = [path.join(this.#bundle, 'run-child.mjs'), this.#bundle, path.join(this.#folder, 'durable.db')];
    // Compiled once for all of them.
    const env = { ...process.env, NODE_COMPILE_CACHE: path.join(this.#bundle, 'compiled') };
    return new RunProcess([...args, this.#folder, String(effectMs), ...runIds], env);
  }

  /** Lines of effects and executions of a run: process, what, task, key. */
  traces(runId: string): string[][] {
    const file = path.join(this.#folder, `${runId}.traces`);
    if (!fs.existsSync(file)) return [];
    const lines = fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => line.split(' ').slice(1));
  }

  async #someRuns(kills: number): Promise<void> {
    let open: readonly string[] = Array.from({ length: RUNS_PER_PROCESS }, () => `run-${this.#begun++}`);
    while (open.length > 0) {
      const before = await Promise.all(open.map((runId) => this.#whatIsDone(runId)));
      const child = this.process(open);
      const wasKilled = await this.#killUpTo(kills, child, open.length);
      const { endings, ready } = await child.ended;
      const inside = open.filter((runId) => ready.has(runId) && !endings.has(runId));
      if (wasKilled) this.#report.inside += inside.length;
      else assert.equal(endings.size, open.length, `a process that nobody killed ends: ${child.output}`);
      for (const [index, runId] of open.entries()) await this.#checkNothingTwice(runId, before[index] ?? new Map());
      for (const [runId, status] of endings) await this.#afterwards(runId, status);
      open = open.filter((runId) => endings.get(runId) !== 'completed');
    }
  }

  async #afterwards(runId: string, status: string): Promise<void> {
    if (status === 'completed') {
      await this.#checkResult(runId);
      this.#report.runs++;
      return;
    }
    assert.equal(status, 'suspended');
    this.#report.suspensions++;
    await this.#answerSome(runId);
  }

  /** True when the process died of it. */
  async #killUpTo(kills: number, child: RunProcess, runs: number): Promise<boolean> {
    if (this.#aimed >= kills) return false;
    this.#aimed += runs;
    const died = await this.#killSomewhere(child, runs);
    if (!died) this.#aimed -= runs;
    else {
      this.#report.processes++;
      this.#report.kills += runs;
    }
    return died;
  }

  async #killSomewhere(child: RunProcess, runs: number): Promise<boolean> {
    const random = this.#random();
    if (random < 0.15) await pause(this.#random() * 250);
    else {
      await child.lines(Math.floor(this.#random() * 40 * runs));
      await pause(this.#random() * 4);
    }
    return child.kill();
  }

  async #answerSome(runId: string): Promise<void> {
    const open = (await this.storage.journal.approvals(runId)).filter(({ answer }) => answer === null);
    assert.ok(open.length > 0, 'a suspended run waits for somebody');
    const count = 1 + Math.floor(this.#random() * open.length);
    for (const question of shuffled(open, this.#random).slice(0, count)) {
      assert.equal(await this.storage.journal.answer(runId, question, true), true);
      this.#report.answers++;
    }
  }

  /** How often everything has been done that the journal has as done. */
  async #whatIsDone(runId: string): Promise<ReadonlyMap<string, number>> {
    const done = doneIn(await this.storage.journal.read(runId));
    const counts = this.#counts(runId);
    return new Map([...done].map((name) => [name, counts.get(name) ?? 0]));
  }

  #counts(runId: string): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [, what, task, key] of this.traces(runId)) {
      const name = what === 'start' ? `start ${task}` : `effect ${task} ${key}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  /** What was done in the journal's eyes before a process began was not done again by it. */
  async #checkNothingTwice(runId: string, before: ReadonlyMap<string, number>): Promise<void> {
    const counts = this.#counts(runId);
    for (const [name, count] of before) assert.equal(counts.get(name) ?? 0, count, `${runId}: ${name} is not repeated`);
  }

  async #checkResult(runId: string): Promise<void> {
    const { journal } = this.storage;
    const entries = await journal.read(runId);
    const last = entries.at(-1);
    assert.ok(last?.kind === 'run-ended' && last.payload.status === 'completed');
    assert.equal(
      (last.payload.result as { result: string }).result,
      this.#expected,
      'the result of an undisturbed run',
    );
    const completed = entries.filter(({ kind }) => kind === 'task-completed').map(({ instanceId }) => instanceId);
    assert.equal(completed.length, 50);
    assert.equal(new Set(completed).size, 50, 'every task completed once');
    const asked = entries.filter(({ kind }) => kind === 'approval-asked').length;
    assert.equal(asked, 8, 'nobody was asked twice');
    const messages = await journal.messages(runId);
    assert.equal(messages.length, new Set(messages.map(({ from, content }) => `${from} ${content}`)).size);
    this.#report.messages += messages.length;
    for (const [name, count] of this.#counts(runId)) {
      if (!name.startsWith('effect')) continue;
      this.#report.effects++;
      this.#report.repeatedEffects += count - 1;
    }
  }
}

/** Names of effects with an outcome and of tasks that have completed. */
function doneIn(entries: readonly JournalEntry[]): Set<string> {
  const done = new Set<string>();
  for (const { kind, payload, instanceId, attempt } of entries) {
    if (kind === 'effect-outcome') done.add(`effect ${instanceId} ${attempt}/${payload.key}`);
    if (kind === 'task-completed') done.add(`start ${instanceId}`);
  }
  return done;
}

/** A process that runs runs. */
export class RunProcess {
  output = '';
  /** How each run has ended in it, by id, and which it has claimed. */
  readonly ended: Promise<{ readonly endings: ReadonlyMap<string, string>; readonly ready: ReadonlySet<string> }>;
  readonly child: ChildProcess;
  #waiting: { readonly count: number; readonly resolve: () => void } | null = null;
  #isOver = false;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.child.stdout?.on('data', (chunk) => this.#read(chunk));
    this.child.stderr?.on('data', (chunk) => this.#read(chunk));
    this.ended = new Promise((resolve) => {
      this.child.on('close', () => {
        this.#isOver = true;
        this.#waiting?.resolve();
        const endings = [...this.output.matchAll(/^(?:END|FAILED) (\S+) (\S+).*$/gm)];
        resolve({
          endings: new Map(endings.map(([, runId = '', status = '']) => [runId, status])),
          ready: new Set([...this.output.matchAll(/^READY (\S+)$/gm)].map(([, runId = '']) => runId)),
        });
      });
    });
  }

  /** Resolves once it has printed this many lines, or is over. */
  async lines(count: number): Promise<void> {
    if (this.#isOver || this.#count() >= count) return;
    await new Promise<void>((resolve) => {
      this.#waiting = { count, resolve };
    });
  }

  /** Kills it; false when it was over before. */
  async kill(): Promise<boolean> {
    if (this.#isOver) return false;
    this.child.kill('SIGKILL');
    await this.ended;
    return this.child.signalCode === 'SIGKILL';
  }

  #read(chunk: Buffer): void {
    this.output += chunk.toString();
    if (this.#waiting !== null && this.#count() >= this.#waiting.count) this.#waiting.resolve();
  }

  #count(): number {
    return this.output.split('\n').length - 1;
  }
}

/** The result of the run where nobody disturbs it. */
async function uninterrupted(): Promise<string> {
  const executor = new DurableExecutor(
    () => undefined,
    async () => undefined,
  );
  const behaviour = { ...behaviourOf(executor), conclude: concludeDurably, ask: async () => true };
  const plan = { runId: 'whole', snapshot: snapshot(6), tasks: durableTasks() };
  const { result } = await engineOn(new MemoryJournal(), new SystemClock()).start(plan, behaviour);
  const { status, result: text, totals } = await result;
  assert.deepEqual([status, totals.tasks], ['completed', 50]);
  return text;
}

/** Bundles the process and the storage worker, as they are shipped, so that processes start fast. Returns the folder. */
async function bundleRunChild(): Promise<string> {
  const folder = temporaryFolder();
  const source = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
  await build({
    entryPoints: {
      'run-child': source('./run-child.ts'),
      'storage-worker': source('../../../src/entries/storage-worker.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: COMMONJS_NAMES },
    logLevel: 'error',
  });
  fs.copyFileSync(WASM_FILE, path.join(folder, 'sql-wasm-debug.wasm'));
  return folder;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Small and repeatable: the same points each time, so that a failure can be looked for (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
