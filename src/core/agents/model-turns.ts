import type { Pool } from '../accounts/types.ts';
import { type EnsembleError, isEnsembleError } from '../errors.ts';
import { shortHash } from '../hash.ts';
import type { Json } from '../json.ts';
import type {
  AttemptRecord,
  CallOutcome,
  ConversationType,
  FinishReason,
  Message,
  ModelRequest,
  ResponseSchema,
  Tier,
  ToolCall,
  ToolDefinition,
} from '../model.ts';
import { redact, redactKnown } from '../policy/redaction.ts';
import { StreamRedactor } from '../policy/stream-redaction.ts';
import type { ExecutionContext, Stores, TaskExecution } from '../ports.ts';
import { toolCallLine } from '../tool-conversation.ts';
import { shareLimit } from './budget-share.ts';
import type { FailedCall } from './failed-call.ts';
import { withDifference } from './request-difference.ts';
import type { AgentTask } from './types.ts';

/** Output tokens that a call may use when neither task nor agent says otherwise (design, decision 8). */
export const DEFAULT_MAX_TOKENS: Readonly<Record<Tier, number>> = { simple: 2_048, medium: 4_096, complex: 8_192 };

/** Of what a tool is asked and gives so much is kept with each turn that it is sent with, UTF-16 units. */
const MAX_KEPT_RESULT = 500;

/** What is asked of the pool and kept of it. */
export interface TurnDependencies {
  readonly pool: Pool;
  readonly conversations: Stores['conversations'];
  /** Values that must not be stored or shown, wherever they turn up. */
  knownSecrets(): readonly string[];
}

/** The attempt that turns belong to. */
export interface TurnScope {
  readonly task: AgentTask;
  readonly execution: TaskExecution;
  readonly context: ExecutionContext;
  readonly responseSchema: ResponseSchema | null;
  /** 1-10, higher goes first when calls queue. Default: the task's. */
  readonly priority?: number;
}

/** A complete answer of a model. */
export interface Turn {
  readonly text: string;
  /** Tools that it asks for instead of being the last word; absent where there are none. */
  readonly toolCalls?: readonly ToolCall[];
  readonly finishReason: FinishReason | null;
  readonly attempts: readonly AttemptRecord[];
  readonly maxTokens: number;
}

/** Thrown out of an effect by a call without a complete answer, so that the journal keeps no outcome for it. */
export class TurnFailed extends Error {
  readonly call: FailedCall;

  constructor(call: FailedCall) {
    super(`The call ended ${call.status}.`);
    this.name = 'TurnFailed';
    this.call = call;
  }
}

/**
 * The model calls of one attempt. Each is an effect of the journal and a row of `conversations`, inserted before the
 * call is sent. Only complete answers become outcomes of the journal: an attempt that is resumed after, say, a rate limit
 * makes the call again instead of failing again.
 */
export class ModelTurns {
  readonly #deps: TurnDependencies;
  readonly #scope: TurnScope;

  constructor(deps: TurnDependencies, scope: TurnScope) {
    this.#deps = deps;
    this.#scope = scope;
  }

  /** Rejects with {@link TurnFailed} where there is no complete answer. `key` names the turn in the journal. */
  async take(
    key: string,
    messages: readonly Message[],
    purpose: ConversationType,
    tools: readonly ToolDefinition[] = [],
  ): Promise<Turn> {
    const request = { ...this.#request(messages, purpose), ...(tools.length > 0 ? { tools } : {}) };
    const requestHash = shortHash(JSON.stringify([request.messages, request.model, request.tier, request.maxTokens]));
    const perform = async () => {
      const outcome = await this.#recordedCall(request, purpose === 'repair');
      if (outcome.status !== 'completed' || outcome.finishReason === 'content-filter')
        throw new TurnFailed(failedCall(outcome));
      const { text, toolCalls, finishReason, attempts } = outcome;
      return { text, ...(toolCalls ? { toolCalls } : {}), finishReason, attempts } as unknown as Json;
    };
    const result = await this.#scope.context.effect(key, { requestHash }, perform).catch(async (error: unknown) => {
      throw isEnsembleError(error) && error.code === 'replay-diverged' ? await this.#explained(error, request) : error;
    });
    return { ...(result as unknown as Omit<Turn, 'maxTokens'>), maxTokens: request.maxTokens };
  }

  #request(messages: readonly Message[], purpose: ConversationType): ModelRequest {
    const { task, execution, responseSchema, priority = execution.task.priority } = this.#scope;
    const { runId, instanceId } = execution;
    const share = shareLimit(task.call, (taskId) => execution.spentBelow?.(taskId) ?? null);
    const authors = task.judges ? execution.inputs.flatMap(({ accounts = [] }) => accounts) : [];
    return {
      messages,
      tier: task.tier,
      model: task.model ?? task.agent.model,
      maxTokens: task.maxTokens ?? task.agent.maxTokens ?? DEFAULT_MAX_TOKENS[task.tier],
      temperature: task.agent.temperature,
      responseSchema,
      priority,
      runBudget: task.call.budget,
      ...(share && { budgetShare: share }),
      ...(task.call.account !== undefined && { account: task.call.account }),
      loadBalancing: task.call.loadBalancing,
      ...(authors.length > 0 ? { avoid: [...new Set(authors)] } : {}),
      attribution: { runId, instanceId, agent: task.agent.name, purpose },
    };
  }

  /** What was sent then, beside what would be sent now: only a replay comes here. */
  async #explained(diverged: EnsembleError, request: ModelRequest): Promise<EnsembleError> {
    const { messages, ...row } = this.#row(request);
    return withDifference(diverged, messages, row, this.#deps.conversations);
  }

  /** The row of a request. What is kept has no secret in it. */
  #row(request: ModelRequest) {
    const { execution, task } = this.#scope;
    const { runId } = execution;
    // S1: rows of the super-agent carry the id of the whole task, the others also that of their part.
    const isNested = (execution.task.payload as unknown as AgentTask).merge !== undefined;
    const isSuperAgent =
      !isNested && !task.repeats && (task.purpose === 'decomposition' || task.purpose === 'aggregation');
    const secrets = this.#deps.knownSecrets();
    return {
      taskId: isSuperAgent ? runId : `${runId}/${execution.task.id}`,
      runId,
      type: request.attribution.purpose,
      messages: request.messages.map((message) => keptMessage(message, secrets)),
    };
  }

  /** Makes the call between the two halves of its row, which has also none that a model repeats. */
  async #recordedCall(request: ModelRequest, replacesText: boolean): Promise<CallOutcome> {
    const { conversations } = this.#deps;
    const { task } = this.#scope;
    const row = await conversations.begin({
      ...this.#row(request),
      model: request.model ?? request.tier,
      account: '',
      agent: task.agent.name,
      rerunOf: task.repeats?.conversation ?? null,
    });
    try {
      const outcome = withoutSecrets(await this.#call(request, replacesText), this.#deps.knownSecrets());
      await conversations.finish(row, endOf(outcome, request));
      return outcome;
    } catch (error) {
      await this.#finishBroken(row, request, error);
      throw error;
    }
  }

  async #call(request: ModelRequest, replacesText: boolean): Promise<CallOutcome> {
    const { context } = this.#scope;
    const newRedactor = () => new StreamRedactor(() => this.#deps.knownSecrets());
    let redactor = newRedactor();
    let reset = replacesText;
    const show = (text: string): void => {
      if (text === '' && !reset) return;
      context.delta(text, reset);
      reset = false;
    };
    const outcome = await this.#deps.pool.call(request, {
      signal: context.signal,
      onText: (text, startsAnew) => {
        if (startsAnew) {
          redactor = newRedactor();
          reset = true;
        }
        show(redactor.push(text));
      },
      onNote: (note) => context.notify(note),
      waiting: (work) => context.waiting(work),
    });
    show(redactor.flush());
    return outcome;
  }

  /** A cancelled call or a bug: the row says so. A run that another process took over is no longer ours to write about. */
  async #finishBroken(row: number, request: ModelRequest, error: unknown): Promise<void> {
    const code = isEnsembleError(error) ? error.code : 'internal';
    if (code === 'run-lost') return;
    const status = this.#scope.context.signal.aborted ? 'cancelled' : code;
    const end = {
      response: null,
      status,
      tokens: null,
      costUSD: null,
      model: request.model ?? request.tier,
      account: '',
    };
    // The first error is the one to report, also where the store fails too.
    await this.#deps.conversations.finish(row, end).catch(() => undefined);
  }
}

/** A message as it is kept: results of tools have rows of their own, and a conversation repeats them at every turn. */
function keptMessage(
  message: Message,
  secrets: readonly string[],
): { readonly role: string; readonly content: string } {
  const { role } = message;
  const content = redact(message.content, secrets).text;
  if (message.role !== 'tool') return { role, content: withCalls(content, message.toolCalls) };
  return { role, content: keptText(content) };
}

function keptText(text: string): string {
  const more = text.length - MAX_KEPT_RESULT;
  return more > 0 ? `${text.slice(0, MAX_KEPT_RESULT)}\n[${more} more characters]` : text;
}

/** What a model said, and below it what it asked for. */
function withCalls(text: string, toolCalls: readonly ToolCall[] = []): string {
  return [text, ...toolCalls.map((call) => keptText(toolCallLine(call)))].filter((line) => line !== '').join('\n');
}

/** Neither an answer nor a vendor's error may carry a key of any account on. */
function withoutSecrets(outcome: CallOutcome, secrets: readonly string[]): CallOutcome {
  if ('text' in outcome) {
    const toolCalls = outcome.toolCalls?.map((call) => ({ ...call, arguments: redactKnown(call.arguments, secrets) }));
    return { ...outcome, text: redactKnown(outcome.text, secrets), ...(toolCalls ? { toolCalls } : {}) };
  }
  if (outcome.status === 'refused') return outcome;
  const message = redactKnown(outcome.failure.message, secrets);
  return { ...outcome, failure: { ...outcome.failure, message } };
}

/** A filter's stop looks complete to the protocol and is no answer. */
function failedCall(outcome: CallOutcome): FailedCall {
  if (outcome.status !== 'completed') return outcome as FailedCall;
  const message = "the vendor's filter stopped the answer";
  const failure = { cause: 'refused' as const, status: null, message, retryAfterMs: null, possiblyBilled: true };
  return { status: 'failed', failure, retryAt: null, attempts: outcome.attempts };
}

function endOf(outcome: CallOutcome, request: ModelRequest): Parameters<Stores['conversations']['finish']>[1] {
  const { attempts } = outcome;
  const last = attempts.at(-1);
  const costs = attempts.map(({ costUSD }) => costUSD);
  return {
    response: 'text' in outcome ? withCalls(outcome.text, outcome.toolCalls) : null,
    status: outcome.status === 'failed' ? outcome.failure.cause : outcome.status,
    tokens: last ? attempts.reduce((sum, { tokens }) => sum + tokens.input + tokens.output, 0) : null,
    costUSD: !last || costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
    model: last?.model ?? request.model ?? request.tier,
    account: last?.account ?? '',
  };
}
