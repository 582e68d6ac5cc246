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

/** What a number of kills came to. */
export interface KillReport {
  readonly kills: number;
  /** Kills of a process that had claimed the run and not ended it. */
  readonly inside: number;
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
  readonly #report = {
    kills: 0,
    inside: 0,
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

  /** Kills processes until there were `kills`, sees the last run through, and checks everything at each of them. */
  async killTimes(kills: number): Promise<KillReport> {
    while (this.#report.kills < kills) await this.#oneRun(kills);
    return this.#report;
  }

  /** A process of its own that runs `runId`. */
  process(runId: string, effectMs = 2): RunProcess {
    const args = [path.join(this.#bundle, 'run-child.mjs'), this.#bundle, path.join(this.#folder, 'durable.db')];
    return new RunProcess([...args, runId, this.#tracesOf(runId), String(effectMs)]);
  }

  /** Lines of effects and executions of a run: process, what, task, key. */
  traces(runId: string): string[][] {
    const file = this.#tracesOf(runId);
    if (!fs.existsSync(file)) return [];
    const lines = fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => line.split(' ').slice(1));
  }

  #tracesOf(runId: string): string {
    return path.join(this.#folder, `${runId}.traces`);
  }

  async #oneRun(kills: number): Promise<void> {
    const runId = `run-${this.#report.runs}`;
    for (;;) {
      const before = await this.#whatIsDone(runId);
      const child = this.process(runId);
      const wasKilled = this.#report.kills < kills && (await this.#killSomewhere(child));
      const { ended, isReady } = await child.ended;
      if (wasKilled) {
        this.#report.kills++;
        if (isReady && ended === null) this.#report.inside++;
      } else assert.ok(ended, `a process that nobody killed ends: ${child.output}`);
      await this.#checkNothingTwice(runId, before);
      if (ended?.status === 'completed') break;
      if (ended !== null) {
        assert.equal(ended.status, 'suspended', child.output);
        this.#report.suspensions++;
        await this.#answerSome(runId);
      }
    }
    await this.#checkResult(runId);
    this.#report.runs++;
  }

  /** True when the process died of it. */
  async #killSomewhere(child: RunProcess): Promise<boolean> {
    const random = this.#random();
    if (random < 0.15) await pause(this.#random() * 250);
    else {
      await child.lines(Math.floor(this.#random() * 40));
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

/** How a process said that it ended. */
interface Ended {
  readonly status: string;
  readonly rest: string;
}

/** A process that runs the run. */
export class RunProcess {
  output = '';
  readonly ended: Promise<{ readonly ended: Ended | null; readonly isReady: boolean }>;
  readonly child: ChildProcess;
  #waiting: { readonly count: number; readonly resolve: () => void } | null = null;
  #isOver = false;

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (chunk) => this.#read(chunk));
    this.child.stderr?.on('data', (chunk) => this.#read(chunk));
    this.ended = new Promise((resolve) => {
      this.child.on('close', () => {
        this.#isOver = true;
        this.#waiting?.resolve();
        const end = /^(?:END|FAILED) (\S+)(.*)$/m.exec(this.output);
        const ended = end === null ? null : { status: end[1] ?? '', rest: (end[2] ?? '').trim() };
        resolve({ ended, isReady: /^READY$/m.test(this.output) });
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
