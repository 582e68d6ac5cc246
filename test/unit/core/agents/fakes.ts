import type { AccountStatus, CallOptions, Pool } from '../../../../src/core/accounts/types.ts';
import type { Json } from '../../../../src/core/json.ts';
import type { AttemptRecord, CallOutcome, ModelRequest } from '../../../../src/core/model.ts';
import type { ApprovalAction } from '../../../../src/core/policy/approval.ts';
import type { ConversationRecord, ExecutionContext, ExecutionNote, Stores } from '../../../../src/core/ports.ts';

/** An attempt that went well, with changes. */
export function attempt(change: Partial<AttemptRecord> = {}): AttemptRecord {
  const tokens = { input: 10, output: 5, cached: 0, reasoning: 0, estimated: false };
  return { account: 'grok-1', model: 'xai/m', outcome: 'completed', tokens, costUSD: 0.25, latencyMs: 3, ...change };
}

type Answer = Extract<CallOutcome, { text: string }> & { readonly pieces?: readonly string[] };

/** A complete answer; `pieces` is how it streams. */
export function answered(text: string, change: Partial<Answer> = {}): Answer {
  return { status: 'completed', text, finishReason: 'stop', attempts: [attempt()], ...change };
}

/** A pool that plays a script and throws when it has come to its end. */
export class FakePool implements Pool {
  readonly requests: ModelRequest[] = [];
  onCall: (options: CallOptions | undefined) => void | Promise<void> = () => undefined;
  readonly #script: (CallOutcome | Answer | Error)[] = [];

  script(...answers: readonly (CallOutcome | Answer | Error)[]): void {
    this.#script.push(...answers);
  }

  async call(request: ModelRequest, options?: CallOptions): Promise<CallOutcome> {
    this.requests.push(request);
    await this.onCall(options);
    const next = this.#script.shift();
    if (!next) throw new Error('FakePool: no answer is scripted for this call');
    if (next instanceof Error) throw next;
    if ('text' in next) {
      const { pieces = [next.text], ...outcome } = next as Answer;
      for (const piece of pieces) options?.onText?.(piece, false);
      return outcome;
    }
    return next;
  }

  status(): readonly AccountStatus[] {
    throw new Error('FakePool: status is not scripted');
  }

  eligible(): never {
    throw new Error('FakePool: eligible is not scripted');
  }

  estimate(): never {
    throw new Error('FakePool: estimate is not scripted');
  }

  look(): never {
    throw new Error('FakePool: look is not scripted');
  }

  reconfigure(): never {
    throw new Error('FakePool: reconfigure is not scripted');
  }
}

/** Conversations in memory; a row is `open` until it is finished. */
export class FakeConversations implements Pick<Stores['conversations'], 'begin' | 'finish'> {
  readonly rows: (Omit<ConversationRecord, 'createdAt'> & { status: string })[] = [];

  async begin(row: Parameters<Stores['conversations']['begin']>[0]): Promise<number> {
    const open = { id: this.rows.length + 1, response: null, status: 'open', tokens: null, costUSD: null };
    this.rows.push({ agent: '', rerunOf: null, ...row, ...open });
    return this.rows.length;
  }

  async finish(id: number, end: Parameters<Stores['conversations']['finish']>[1]): Promise<void> {
    const row = this.rows[id - 1];
    if (!row) throw new Error(`FakeConversations: no row ${id}`);
    this.rows[id - 1] = { ...row, ...end };
  }

  async list(): Promise<never> {
    throw new Error('FakeConversations: list is not scripted');
  }

  async get(): Promise<never> {
    throw new Error('FakeConversations: get is not scripted');
  }
}

/** An execution context with a journal of outcomes; give it the journal of an earlier one to resume. */
export class FakeContext implements ExecutionContext {
  readonly journal: Map<string, Json>;
  readonly deltas: (readonly [string, boolean])[] = [];
  readonly notes: ExecutionNote[] = [];
  waits = 0;
  readonly #controller = new AbortController();

  constructor(journal: ReadonlyMap<string, Json> = new Map()) {
    this.journal = new Map(journal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  async effect<T extends Json>(key: string, _detail: Json, perform: () => Promise<T>): Promise<T> {
    const known = this.journal.get(key);
    if (known !== undefined) return known as T;
    const result = await perform();
    this.journal.set(key, structuredClone(result));
    return result;
  }

  /** Answers to questions by their title. */
  readonly answers = new Map<string, boolean>();

  async approve({ title }: ApprovalAction): Promise<boolean> {
    const answer = this.answers.get(title);
    if (answer === undefined) throw new Error(`FakeContext: no answer to "${title}"`);
    return answer;
  }

  waiting<T>(work: () => Promise<T>): Promise<T> {
    this.waits++;
    return work();
  }

  delta(text: string, reset: boolean): void {
    this.deltas.push([text, reset]);
  }

  notify(note: ExecutionNote): void {
    this.notes.push(note);
  }
}
