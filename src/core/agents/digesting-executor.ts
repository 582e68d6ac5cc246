import { DIGEST_AGENT, DIGEST_TOKENS, digestPrompt, finishDigest } from '../context/digest.ts';
import { HANDOVER_TOKENS, outputText } from '../context/task-context.ts';
import type { TokenCounter } from '../context/token-counter.ts';
import { type CountTokens, surelyFits } from '../context/token-estimate.ts';
import { shortHash } from '../hash.ts';
import type { JsonObject } from '../json.ts';
import type { AttemptRecord } from '../model.ts';
import type { ExecutionContext, TaskExecution, TaskExecutor, TaskOutcome } from '../ports.ts';
import { insideEffect } from './inside-effect.ts';
import { ModelTurns, type TurnDependencies, TurnFailed } from './model-turns.ts';
import type { AgentTask } from './types.ts';

/** From so many readers on a digest by a model pays, which reads all of it once. Fewer get what matters most, picked by rules. */
const FEWEST_READERS = 3;

/**
 * Adds a digest to long outputs that several other tasks read: a cheap model sums the output up, and what it has left out of the
 * facts is added. The call is an effect of the same attempt, so it is counted, paid once, and known after a resume. Where it fails
 * there is no digest, and readers get what the rules pick: it is never a reason for the task to fail.
 */
export class DigestingExecutor implements TaskExecutor {
  readonly #inner: TaskExecutor;
  readonly #deps: TurnDependencies;
  readonly #tokens: TokenCounter;

  constructor(inner: TaskExecutor, deps: TurnDependencies, tokens: TokenCounter) {
    this.#inner = inner;
    this.#deps = deps;
    this.#tokens = tokens;
  }

  async execute(execution: TaskExecution, context: ExecutionContext): Promise<TaskOutcome> {
    const outcome = await this.#inner.execute(execution, context);
    const task = execution.task.payload as unknown as AgentTask;
    if (outcome.status !== 'completed' || (task.readers ?? 0) < FEWEST_READERS) return outcome;
    const text = outputText(outcome.output);
    if (surelyFits(text, HANDOVER_TOKENS)) return outcome;
    const count = await this.#tokens.counter();
    if (count(text) <= HANDOVER_TOKENS) return outcome;
    const { digest, attempts } = await this.#digest(text, execution, context, count);
    return { ...outcome, attempts: [...outcome.attempts, ...attempts], ...(digest === null ? {} : { digest }) };
  }

  async #digest(
    text: string,
    execution: TaskExecution,
    context: ExecutionContext,
    count: CountTokens,
  ): Promise<{ readonly digest: string | null; readonly attempts: readonly AttemptRecord[] }> {
    const { call } = execution.task.payload as unknown as AgentTask;
    const { messages, tier } = digestPrompt(text);
    const task: AgentTask = {
      agent: DIGEST_AGENT,
      prompt: '',
      tier,
      model: null,
      maxTokens: DIGEST_TOKENS,
      output: null,
      purpose: 'digest',
      context: 'none',
      detail: null,
      call,
    };
    const turns = new ModelTurns(this.#deps, { task, execution, context: insideEffect(context), responseSchema: null });
    // Also that it failed is kept: whoever goes on with the attempt does not try again, and a replay comes to the same.
    const made = await context.effect('digest', { requestHash: shortHash(text) }, async () => {
      try {
        const { text: written, attempts } = await turns.take('digest', messages, 'digest');
        return { written, attempts } as unknown as JsonObject;
      } catch (error) {
        context.signal.throwIfAborted();
        if (!(error instanceof TurnFailed)) throw error;
        return { written: null, attempts: error.call.attempts } as unknown as JsonObject;
      }
    });
    const { written, attempts } = made as unknown as Written;
    return { digest: written === null ? null : finishDigest(text, written, count), attempts };
  }
}

/** What came of the call. */
interface Written {
  readonly written: string | null;
  readonly attempts: readonly AttemptRecord[];
}
