import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskProjection } from '../../../src/core/engine/journal-entry.ts';
import { startOpenAiServer } from '../../support/scripted-openai-server.ts';
import type { ScriptedServer } from '../../support/scripted-server.ts';
import { markOf, openAiAccount, PRICES, wanted, wellBehaved } from './model-answers.ts';
import { Sandbox } from './sandbox.ts';

/** Sub-tasks of the run that is killed: with plan and aggregate it has twelve tasks. */
const PARTS = 10;
const ENV = { KEY_ONE: 'sk-first-0123456789abcdef', KEY_TWO: 'sk-second-0123456789abcdef' };
const COMMAND = ['run', 'Do it in ten parts', '-s', 'parallel', '-m', String(PARTS), '--quiet'];

/** What a point of killing came to. */
export interface KilledRun {
  /** Tasks that were completed when the process died; null: it died before the run was stored. */
  readonly completed: number | null;
  /** Requests that reached the server in all, including those that were repeated. */
  readonly requests: number;
}

/**
 * A place to kill runs in: one server that counts which task each request is for, and a database that stays from one point
 * to the next, as a person's would.
 */
export class KillResume {
  readonly sandbox = new Sandbox();
  readonly #server: ScriptedServer;
  readonly #calls = new Map<string, number>();
  /** Runs of earlier points. */
  readonly #known = new Set<string>();
  #expected: string | null = null;

  private constructor(server: ScriptedServer) {
    this.#server = server;
  }

  static async start(): Promise<KillResume> {
    const well = wellBehaved(PARTS);
    const server = await startOpenAiServer((request) => {
      const task = markOf(request) ?? wanted(request);
      place.#calls.set(task, (place.#calls.get(task) ?? 0) + 1);
      return { ...well(request), delayMs: 15 };
    });
    const place = new KillResume(server);
    const accounts = [openAiAccount('one', server.origin, 'KEY_ONE'), openAiAccount('two', server.origin, 'KEY_TWO')];
    place.sandbox.configure({ accounts, prices: PRICES });
    const whole = await place.sandbox.json(COMMAND, { env: ENV });
    assert.equal(whole.code, 0, whole.stderr);
    place.#expected = whole.document.result;
    place.#known.add(whole.document.runId);
    assert.equal(whole.document.tasks.length, PARTS + 2);
    return place;
  }

  /**
   * Starts the run, kills it `delayMs` after the server has seen `requests` requests (0: after the start of the process),
   * resumes it and checks that nothing completed was done again and that the result is the one of an undisturbed run.
   */
  async killAt(requests: number, delayMs: number): Promise<KilledRun> {
    this.#calls.clear();
    const seen = this.#server.requests.length;
    const running = this.sandbox.start(COMMAND, { env: ENV });
    let ended = false;
    void running.end.then(() => {
      ended = true;
    });
    while (!ended && this.#server.requests.length - seen < requests) await sleep(1);
    await sleep(delayMs);
    running.process.kill('SIGKILL');
    await running.end;
    const run = (await this.#runs()).find(({ runId }) => !this.#known.has(runId));
    if (!run) return { completed: null, requests: this.#server.requests.length - seen };
    this.#known.add(run.runId);
    const completed = await this.#completedTasks(run.runId);
    const callsBefore = new Map(this.#calls);
    const resumed = await this.sandbox.json(['runs', 'resume', run.runId, '--quiet'], { env: ENV });
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(resumed.document.result, this.#expected, 'the result is that of an undisturbed run');
    assert.ok(resumed.document.tasks.every((task: { status: string }) => task.status === 'completed'));
    for (const task of completed) {
      assert.equal(this.#calls.get(task), callsBefore.get(task), `${task} was completed and is not called again`);
    }
    assert.equal(this.#calls.size, PARTS + 2, 'every task was called');
    return { completed: completed.length, requests: this.#server.requests.length - seen };
  }

  /** Every stored run is whole: as many completed tasks as it has, and a conversation for each. */
  async checkDatabase(): Promise<void> {
    const runs = await this.#runs();
    for (const run of runs) assert.deepEqual([run.status, run.succeeded], ['completed', PARTS + 2]);
    const { document } = await this.sandbox.json(['history', '--last', '1', '--quiet']);
    assert.ok(document.total >= runs.length * (PARTS + 2));
    assert.deepEqual(this.#server.unscripted, []);
  }

  async close(): Promise<void> {
    this.sandbox.remove();
    await this.#server.close();
  }

  async #runs(): Promise<readonly { readonly runId: string; readonly status: string; readonly succeeded: number }[]> {
    return (await this.sandbox.json(['runs', 'list', '--limit', '1000', '--quiet'], { env: ENV })).document.items;
  }

  /** The server's names of the tasks that the journal has as completed. */
  async #completedTasks(runId: string): Promise<string[]> {
    const { document } = await this.sandbox.json(['runs', 'show', runId, '--quiet'], { env: ENV });
    const tasks: readonly TaskProjection[] = document.item.tasks;
    return tasks
      .filter(({ status }) => status === 'completed')
      .map(({ taskId }) => (taskId === 'aggregate' ? 'text' : taskId.replace(/^part-/, 'MARK-')));
  }
}
