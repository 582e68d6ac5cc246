import * as z from 'zod';
import { type ErrorInfo, isEnsembleError, toErrorInfo } from '../errors.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { Json, JsonObject } from '../json.ts';
import type { AttemptRecord, Message, ResponseSchema } from '../model.ts';
import type { ExecutionContext, SpawnedTask, TaskExecution, TaskExecutor, TaskInput, TaskOutcome } from '../ports.ts';
import { type Work, type WorkDependencies, work } from './agent-work.ts';
import type { AnswerKinds } from './answer-kind.ts';
import { Correspondence } from './correspondence.ts';
import { type FailedOutcome, outcomeOfFailedCall } from './failed-call.ts';
import { Guard, InputRefused } from './guard.ts';
import { parseJsonAnswer } from './json-answer.ts';
import { type Turn, TurnFailed } from './model-turns.ts';
import { prefixedContext } from './prefixed-context.ts';
import { type MessageDependencies, taskMessages } from './task-messages.ts';
import type { AgentTask, OutputSchemaName } from './types.ts';

/** Problems of an answer that the repair turn is told about; more would only distract. */
const MAX_PROBLEMS = 5;

/** What the executor works with. */
export interface AgentExecutorDependencies extends MessageDependencies, WorkDependencies {
  /** Structured answers by name. */
  readonly answers: AnswerKinds;
}

/** An answer that was understood, or what is wrong with it. */
type Answer =
  | { readonly ok: true; readonly output: Json; readonly extend?: readonly TaskSpec[] }
  | { readonly ok: false; readonly problem: string };

/** The same, after the guardrails. `refused`: they end the task. */
type Judged =
  | Extract<Answer, { ok: true }>
  | { readonly ok: false; readonly problem: string; readonly mayRepair: boolean; readonly refused: boolean };

/**
 * Does tasks that an agent does: tells the agent what it needs to know, calls the pool, checks the answer. A structured
 * answer that does not hold gets one repair turn; after that the attempt has failed with `invalid-model-output`, which the
 * engine may repeat. Each turn is an effect, so that a resumed attempt does not pay for an answer twice.
 */
export class AgentExecutor implements TaskExecutor {
  readonly #deps: AgentExecutorDependencies;
  readonly #responseSchemas = new Map<OutputSchemaName, ResponseSchema>();

  constructor(deps: AgentExecutorDependencies) {
    this.#deps = deps;
  }

  async execute(execution: TaskExecution, context: ExecutionContext): Promise<TaskOutcome> {
    const task = execution.task.payload as unknown as AgentTask;
    if (mergesNothing(task, execution.inputs)) return nothingToMerge();
    const attempts: AttemptRecord[] = [];
    try {
      return task.merge && context.spawn
        ? await this.#supervise({ ...task, merge: task.merge }, execution, context, attempts)
        : await this.#converse(task, execution, context, attempts);
    } catch (error) {
      context.signal.throwIfAborted();
      const failed = failureOf(error, task.call.account);
      if (!failed) throw error;
      return { ...failed, attempts: [...attempts, ...(error instanceof TurnFailed ? error.call.attempts : [])] };
    }
  }

  /** The task of a super-agent within the run: plans, has the parts done below it, merges what they came to. */
  async #supervise(
    task: AgentTask & { readonly merge: AgentTask },
    execution: TaskExecution,
    context: ExecutionContext,
    attempts: AttemptRecord[],
  ): Promise<TaskOutcome> {
    let failed: TaskOutcome | null = null;
    const children = await context.spawn?.(async () => {
      const planned = await this.#converse(task, execution, context, attempts);
      if (planned.status === 'completed') return planned.extend ?? [];
      failed = planned;
      return [];
    });
    if (failed !== null || children === undefined) return failed ?? nothingToMerge();
    const inputs = children.map(({ input }) => input);
    if (mergesNothing(task.merge, inputs)) return { ...nothingToMerge(), attempts };
    const { runId, instanceId, attempt, task: spec } = execution;
    const merging = { runId, instanceId, attempt, task: spec, inputs, others: [], ...spentOf(execution) };
    const merge = { ...task.merge, call: callAfterLending(task.merge.call, children) };
    return this.#converse(merge, merging, prefixedContext(context, 'merge-'), attempts);
  }

  async #converse(
    task: AgentTask,
    execution: TaskExecution,
    context: ExecutionContext,
    attempts: AttemptRecord[],
  ): Promise<TaskOutcome> {
    const nothing = this.#answerToNothing(task, execution);
    if (nothing !== null) return { status: 'completed', output: nothing, attempts };
    const responseSchema = task.output === null ? null : this.#responseSchema(task.output);
    const start = await taskMessages(task, execution, this.#deps, (...effect) => context.effect(...effect));
    const guard = new Guard(this.#deps, { execution, context, attempts });
    const mail = task.peers && context.mail ? new Correspondence(context.mail, task) : null;
    // What is remembered is told once: who takes over gets to know what matters from the one before.
    const { memory: _, ...forNext } = this.#deps;
    const messagesFor = async (of: AgentTask) =>
      of === task ? start : taskMessages(of, execution, forNext, (...effect) => context.effect(...effect));
    const scope = { task, execution, context, mail, responseSchema, attempts, messagesFor, guard };
    return this.#answer(await work(scope, this.#deps), guard, attempts);
  }

  /** What the answer is good for; one that does not hold gets one repair turn. */
  async #answer(done: Work, guard: Guard, attempts: AttemptRecord[]): Promise<TaskOutcome> {
    const { task, turns, turn: first, messages, steps } = done;
    const answer = await this.#judge(done, first, steps, guard);
    if (answer.ok) return { status: 'completed', attempts, ...withoutOk(answer) };
    if (!answer.mayRepair) return unusable(task, answer, attempts);

    const repair: Message[] = [
      ...messages,
      { role: 'assistant', content: first.text },
      { role: 'user', content: repairPrompt(answer.problem, task.output === null ? 'answer' : 'JSON') },
    ];
    const second = await turns.take(`turn-${steps + 1}`, repair, 'repair');
    attempts.push(...second.attempts);
    const repaired = await this.#judge(done, second, steps + 1, guard);
    return repaired.ok ? { status: 'completed', attempts, ...withoutOk(repaired) } : unusable(task, repaired, attempts);
  }

  /** The answer of the turn `step` as it is understood, and as the agent's guardrails have it. */
  async #judge({ task, steps }: Work, turn: Turn, step: number, guard: Guard): Promise<Judged> {
    const answer = this.#understand(task, turn, step > steps);
    const { refuse, repair } = await guard.check(task, {
      key: `answer-${step}`,
      what: 'answer',
      text: turn.text,
      worthAsking: answer.ok,
    });
    if (refuse.length > 0) return { ok: false, problem: refuse.join('\n'), mayRepair: false, refused: true };
    if (answer.ok && repair.length === 0) return answer;
    const problem = [...repair, ...(answer.ok ? [] : [answer.problem])].join('\n');
    // An empty text says nothing that could be mended.
    return {
      ok: false,
      problem,
      mayRepair: (task.output !== null && !task.repeats) || repair.length > 0,
      refused: false,
    };
  }

  /** The answer of a task that has nothing to work on, or is decided without a model; null: somebody is asked. */
  #answerToNothing(task: AgentTask, { inputs }: TaskExecution): Json {
    if (task.output === null || task.repeats) return null;
    const decided = this.#deps.answers[task.output].decided?.(inputs, task.detail) ?? null;
    if (decided !== null || task.context !== 'proposal') return decided;
    if (this.#deps.proposalContext(inputs, task.detail) !== null) return null;
    return this.#deps.answers[task.output].whenNothing ?? null;
  }

  #understand(task: AgentTask, turn: Turn, isRepair: boolean): Answer {
    if (task.output === null || task.repeats) return freeText(turn);
    const kind = this.#deps.answers[task.output];
    const cut = turn.finishReason === 'length' ? ' The answer reached the limit of its length: be briefer.' : '';
    const json = kind.read?.(turn.text) ?? parseJsonAnswer(turn.text);
    if (!json.found) return { ok: false, problem: json.problem + cut };
    const parsed = kind.schema.safeParse(json.value);
    if (!parsed.success) return { ok: false, problem: describeIssues(parsed.error) + cut };
    const output = parsed.data as Json;
    if (!kind.settle) return { ok: true, output };
    try {
      return { ok: true, ...kind.settle(output, { task, isRepair }) };
    } catch (error) {
      if (!isEnsembleError(error) || error.code !== 'invalid-model-output') throw error;
      return { ok: false, problem: error.message };
    }
  }

  #responseSchema(name: OutputSchemaName): ResponseSchema {
    const cached = this.#responseSchemas.get(name);
    if (cached) return cached;
    // `$schema` only names the draft; some vendors refuse what they do not know.
    const { $schema: _, ...schema } = z.toJSONSchema(this.#deps.answers[name].schema, {
      io: 'output',
      unrepresentable: 'any',
    });
    const made = { name, schema: schema as JsonObject };
    this.#responseSchemas.set(name, made);
    return made;
  }
}

/**
 * Free text counts as it is. One that reached the limit of its length is complete as far as it goes, and says so at its
 * end, so that neither a person nor the next agent takes it for the whole.
 */
function freeText({ text, finishReason, maxTokens }: Turn): Answer {
  const trimmed = text.trim();
  if (trimmed === '') return { ok: false, problem: 'The answer is empty.' };
  if (finishReason !== 'length') return { ok: true, output: trimmed };
  return { ok: true, output: `${trimmed}\n\n[The answer was cut here: it reached the limit of ${maxTokens} tokens.]` };
}

function withoutOk({ output, extend }: Extract<Answer, { ok: true }>): { output: Json; extend?: readonly TaskSpec[] } {
  return extend ? { output, extend } : { output };
}

function repairPrompt(problem: string, wanted: 'answer' | 'JSON'): string {
  return `Your answer cannot be used:\n${problem}\n\nAnswer again, with the complete and corrected ${wanted} and nothing else.`;
}

function describeIssues(error: z.ZodError): string {
  const lines = error.issues
    .slice(0, MAX_PROBLEMS)
    .map(({ path, message }) => `- ${path.length > 0 ? path.join('.') : 'answer'}: ${message}`);
  const more = error.issues.length - lines.length;
  return [...lines, ...(more > 0 ? [`- and ${more} more problems`] : [])].join('\n');
}

function unusable(
  task: AgentTask,
  { problem, refused }: Extract<Judged, { ok: false }>,
  attempts: readonly AttemptRecord[],
): FailedOutcome {
  const error: ErrorInfo = {
    code: 'invalid-model-output',
    message: `The answer of ${task.agent.name} ${refused ? 'is refused by its guardrails' : 'cannot be used'}: ${problem.replace(/\n/g, ' ')}`,
    hint: refused
      ? 'Change the task, or the guardrails of the agent.'
      : 'Run it again; if it happens often, use a larger model for this tier.',
  };
  return { status: 'failed', error, attempts, retryable: !refused };
}

/** The super-agent's own part of its share is what it has not lent to those below. */
function callAfterLending(call: AgentTask['call'], children: readonly SpawnedTask[]): AgentTask['call'] {
  if (!call.share) return call;
  const lent = children.flatMap(({ spec }) => {
    const { merge, call: its } = spec.payload as unknown as AgentTask;
    return merge && its.share ? [{ task: spec.id, fraction: its.share.fraction }] : [];
  });
  const fraction = lent.reduce((left, one) => left - one.fraction, call.share.fraction);
  return { ...call, share: { ...call.share, fraction, lent } };
}

function spentOf(execution: TaskExecution): Pick<TaskExecution, 'spentBelow'> {
  return { spentBelow: (taskId) => execution.spentBelow?.(taskId) ?? null };
}

/** An aggregate of which every part failed would only be made up. */
function mergesNothing(task: AgentTask, inputs: readonly TaskInput[]): boolean {
  const merges = task.purpose === 'aggregation' || task.purpose === 'summary';
  return merges && inputs.length > 0 && inputs.every(({ status }) => status !== 'completed');
}

function nothingToMerge(): FailedOutcome {
  const error: ErrorInfo = {
    code: 'task-failed',
    message: 'There is nothing to merge: none of the tasks before has completed.',
    hint: 'See the errors of those tasks.',
  };
  return { status: 'failed', error, attempts: [], retryable: false };
}

/** Failures of a call, and refusals thrown on the way to it, end the task; anything else is a bug or a lost run. */
function failureOf(error: unknown, account: string | undefined): Omit<FailedOutcome, 'attempts'> | null {
  if (error instanceof TurnFailed) return outcomeOfFailedCall(error.call, account);
  if (error instanceof InputRefused) return { status: 'failed', error: error.info, retryable: false };
  if (isEnsembleError(error) && error.code === 'invalid-model-output') {
    return { status: 'failed', error: toErrorInfo(error), retryable: true };
  }
  const refusals = [
    'approval-refused',
    'secret-store-failed',
    'no-usable-account',
    'budget-refused',
    'untrusted-workspace',
  ];
  if (!isEnsembleError(error) || !refusals.includes(error.code)) return null;
  return { status: 'failed', error: toErrorInfo(error), retryable: false, stopsRun: true };
}
