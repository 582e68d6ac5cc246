import type { EnsembleEvent } from '../../../core/events.ts';
import type { AttemptRecord } from '../../../core/model.ts';
import type { AccountTest } from '../../../core/try-provider.ts';
import type { ErrorNote, TestNote } from './account-facts.ts';

/** What keeps the tests over reloads; `vscode.Memento` is one of these. */
export interface NoteStore {
  get<T>(key: string, missing: T): T;
  update(key: string, value: unknown): Thenable<void>;
}

const KEY = 'ensemble.accountTests';

/** The last test and the last error of each account: tests are kept over reloads, errors as long as the window lives. */
export class AccountNotes {
  readonly #store: NoteStore;
  readonly #errors = new Map<string, ErrorNote>();

  constructor(store: NoteStore) {
    this.#store = store;
  }

  lastTest(account: string): TestNote | null {
    return this.#tests()[account] ?? null;
  }

  lastError(account: string): ErrorNote | null {
    return this.#errors.get(account) ?? null;
  }

  /** `at`: ISO-8601 UTC. */
  async noteTest({ name, ok, models, latencyMs, error }: AccountTest, at: string): Promise<void> {
    const note: TestNote = { at, ok, models: models.length, latencyMs, message: error?.message ?? null };
    await this.#store.update(KEY, { ...this.#tests(), [name]: note });
  }

  /** Forgets an account, or lets its notes go on under a new name. */
  async move(from: string, to: string | null): Promise<void> {
    const { [from]: test, ...others } = this.#tests();
    const error = this.#errors.get(from);
    this.#errors.delete(from);
    if (to !== null && error) this.#errors.set(to, error);
    await this.#store.update(KEY, to !== null && test ? { ...others, [to]: test } : others);
  }

  /** Learns from what a run tells about its accounts. */
  onEvent(event: EnsembleEvent): void {
    if (event.type === 'account:cooldown') {
      this.#errors.set(event.account, { at: event.at, cause: event.cause as ErrorNote['cause'] });
    }
    if (event.type !== 'workflow:results') return;
    for (const attempt of event.results.tasks.flatMap((task) => task.attempts)) this.#learn(attempt, event.at);
  }

  #learn({ account, outcome }: AttemptRecord, at: string): void {
    if (outcome === 'completed') void this.#forgetFailedTest(account);
    else if (outcome !== 'cancelled') this.#errors.set(account, { at, cause: outcome });
  }

  /** An account that has just worked is no longer one whose test failed. */
  async #forgetFailedTest(account: string): Promise<void> {
    const { [account]: test, ...others } = this.#tests();
    if (test && !test.ok) await this.#store.update(KEY, others);
  }

  #tests(): Readonly<Record<string, TestNote>> {
    return this.#store.get<Readonly<Record<string, TestNote>>>(KEY, {});
  }
}
