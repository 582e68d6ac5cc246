import type { EntryDraft } from '../engine/journal-entry.ts';
import type { Json, JsonObject } from '../json.ts';
import type { ModelRequest } from '../model.ts';
import type { UsageRecord } from '../ports.ts';
import {
  callAttributes,
  messageAttributes,
  prefixed,
  runAttributes,
  splitModel,
  taskAttributes,
  toolAttributes,
} from './attributes.ts';
import { type Content, contentOfAnswer, contentOfArguments, contentOfRequest } from './content.ts';
import { OpenSpan } from './open-span.ts';
import { type SpanKind, type SpanRecord, spanIdOf } from './span.ts';

/** A task as its spans need it. */
interface TracedTask {
  readonly id: string;
  readonly instanceId: string;
  agent: string;
  /** What takes the task over once it has failed. */
  readonly fallback: string | null;
  /** Null: it has not started. */
  span: OpenSpan | null;
  /** Effects that are under way, by key. */
  readonly effects: Map<string, OpenEffect>;
  /** Questions to a person that nobody has answered, by key. */
  readonly questions: Map<string, OpenSpan>;
  /** Times that an effect was begun, by attempt and key: more than once after a crash. */
  readonly begun: Map<string, number>;
}

/** A model turn or a tool call that is under way. */
interface OpenEffect {
  readonly span: OpenSpan;
  /** The turn's attempts at providers. */
  readonly calls: OpenSpan[];
  /** What was asked, where content may be told. */
  asked: Content | null;
}

/**
 * Makes the spans of one run from its journal and from the ledger's rows, as they come: the same for a run that goes on and
 * for one that is read back. Spans are told as they end; what is open when a run is interrupted is told as it stands, and
 * once more, under the same id, when it has ended.
 */
export class RunTrace {
  readonly #runId: string;
  #emit: (span: SpanRecord) => void;
  readonly #content: boolean;
  readonly #tasks = new Map<string, TracedTask>();
  readonly #rootId: string;
  #root: OpenSpan | null = null;
  /** Ids of all calls so far. */
  readonly #calls = new Set<string>();

  /** `content` true: spans also hold prompts and answers. */
  constructor(runId: string, content: boolean, emit: (span: SpanRecord) => void) {
    this.#runId = runId;
    this.#content = content;
    this.#emit = emit;
    this.#rootId = spanIdOf(runId, 'run');
  }

  /** Tells the spans that end from now on to another. */
  tellTo(emit: (span: SpanRecord) => void): void {
    this.#emit = emit;
  }

  /** Takes the next entry of the journal, with its time. Kinds that it does not know change nothing. */
  add(entry: EntryDraft, at: string): void {
    if (entry.instanceId === null) this.#addOfRun(entry, at);
    else {
      const task = this.#tasks.get(entry.instanceId);
      if (task !== undefined) this.#addOfTask(task, entry, at);
    }
  }

  /** Takes an attempt at a provider that has ended; `requested` is the model that was asked for, null: not known. */
  call(row: UsageRecord, requested: string | null = null): void {
    const task = this.#tasks.get(row.instanceId);
    const turn = task === undefined ? undefined : lastTurn(task);
    const parentId = turn?.span.spanId ?? task?.span?.spanId ?? spanIdOf(this.#runId, 'task', row.instanceId);
    const span = callSpan(row, requested, parentId, this.#idOfCall(row));
    if (turn === undefined) this.#close(span, row.at);
    else turn.calls.push(span);
  }

  /** Notes what a model is asked, for the turn that is under way. Nothing where content is not to be told. */
  asked({ attribution, messages }: ModelRequest, clean: (text: string) => string): void {
    const task = this.#content ? this.#tasks.get(attribution.instanceId) : undefined;
    const turn = task === undefined ? undefined : lastTurn(task);
    if (turn !== undefined) turn.asked = contentOfRequest(messages, clean);
  }

  #addOfRun(entry: EntryDraft, at: string): void {
    switch (entry.kind) {
      case 'run-started': {
        const { workflow, kind } = entry.payload;
        this.#root = new OpenSpan(this.#base('run', `invoke_workflow ${workflow ?? kind}`, null), this.#rootId, at);
        this.#root.set(runAttributes(this.#runId, entry.payload));
        return;
      }
      case 'graph-extended':
        for (const { id, agent, fallback } of entry.payload.tasks) {
          const instanceId = entry.payload.by === null ? id : `${entry.payload.by}/${id}`;
          const task = { id, instanceId, agent, fallback: fallback?.agent ?? null, span: null };
          this.#tasks.set(instanceId, { ...task, effects: new Map(), questions: new Map(), begun: new Map() });
        }
        return;
      case 'run-cancel-requested':
        this.#root?.event('cancel-requested', at);
        return;
      case 'run-resumed':
        // What was under way when the process ended is known no more.
        for (const task of this.#tasks.values()) this.#endEffects(task, at, 'interrupted');
        this.#root?.event('resumed', at);
        return;
      case 'run-interrupted':
      case 'run-suspended':
        this.#interrupt(at, entry.payload.error.code);
        return;
      case 'run-ended': {
        const { status, error } = entry.payload;
        for (const task of this.#tasks.values()) this.#endTask(task, at, 'unset', null);
        this.#root?.set({ 'ensemble.run.status': status });
        this.#root?.settle(status === 'completed' || status === 'partial' ? 'ok' : 'error', error?.code ?? null);
        this.#close(this.#root, at);
        this.#root = null;
      }
    }
  }

  /** The run may go on or not: what is open is told as it stands, and stays open. */
  #interrupt(at: string, code: string): void {
    for (const task of this.#tasks.values()) {
      this.#endEffects(task, at, 'interrupted');
      for (const question of task.questions.values()) this.#close(question, at);
      this.#close(task.span, at);
    }
    this.#root?.event('interrupted', at, { 'error.type': code });
    this.#close(this.#root, at);
  }

  #addOfTask(task: TracedTask, entry: EntryDraft, at: string): void {
    switch (entry.kind) {
      case 'task-started':
        this.#startTask(task, at, entry.attempt);
        return;
      case 'effect-intent':
        this.#beginEffect(task, entry, at);
        return;
      case 'effect-outcome':
        this.#endEffect(task, entry.payload, at);
        return;
      case 'task-retry': {
        const { error, fallback = false } = entry.payload;
        this.#endEffects(task, at, error.code);
        task.span?.event(fallback ? 'fallback' : 'retry', at, { 'error.type': error.code });
        if (fallback && task.fallback !== null) task.agent = task.fallback;
        return;
      }
      case 'task-interrupted':
        this.#endEffects(task, at, entry.payload.error.code);
        task.span?.event('interrupted', at, { 'error.type': entry.payload.error.code });
        return;
      case 'approval-asked':
        this.#ask(task, entry, at);
        return;
      case 'approval-answered':
        this.#answer(task, entry.payload, at);
        return;
      case 'message-sent':
      case 'message-refused':
        this.#message(task, entry, at);
        return;
      case 'message-delivered':
        task.span?.event('messages-delivered', at, { 'ensemble.message.ids': entry.payload.ids });
        return;
      case 'task-completed':
        this.#endTask(task, at, 'ok', null);
        return;
      case 'task-failed':
        this.#endTask(task, at, 'error', entry.payload.error.code);
        return;
      case 'task-skipped':
      case 'task-cancelled':
        this.#startTask(task, at, 0);
        task.span?.set({ 'ensemble.task.status': entry.kind.slice('task-'.length) });
        this.#endTask(task, at, 'unset', null);
    }
  }

  #startTask(task: TracedTask, at: string, attempt: number): void {
    if (task.span !== null) {
      if (attempt > 0) task.span.event('attempt', at, { attempt });
      return;
    }
    const { id, instanceId, agent } = task;
    const slash = instanceId.lastIndexOf('/');
    const parentId = slash === -1 ? this.#rootId : spanIdOf(this.#runId, 'task', instanceId.slice(0, slash));
    const base = { ...this.#base('task', `invoke_agent ${agent}`, parentId), instanceId, agent };
    task.span = new OpenSpan(base, spanIdOf(this.#runId, 'task', instanceId), at);
    task.span.set(taskAttributes(id, instanceId, agent));
  }

  #endTask(task: TracedTask, at: string, status: 'ok' | 'error' | 'unset', errorType: string | null): void {
    this.#endEffects(task, at, errorType ?? 'interrupted');
    for (const question of task.questions.values()) this.#close(question, at);
    this.#tasks.delete(task.instanceId);
    task.span?.settle(status, errorType);
    this.#close(task.span, at);
  }

  #beginEffect(
    task: TracedTask,
    { attempt, payload }: Extract<EntryDraft, { kind: 'effect-intent' }>,
    at: string,
  ): void {
    const { key } = payload;
    const detail = asObject(payload.detail);
    const tool = typeof detail.tool === 'string' ? detail.tool : null;
    const kind = kindOf(tool);
    const time = (task.begun.get(`${attempt} ${key}`) ?? 0) + 1;
    task.begun.set(`${attempt} ${key}`, time);
    const { instanceId, agent } = task;
    const name = tool === null ? `turn ${key}` : kind === 'handoff' ? 'handoff' : `execute_tool ${tool}`;
    const parentId = this.#idOf(task);
    const id = spanIdOf(this.#runId, kind, instanceId, attempt, key, time);
    const span = new OpenSpan({ ...this.#base(kind, name, parentId), instanceId, agent }, id, at);
    span.set(
      tool === null
        ? { 'gen_ai.agent.name': agent, ...prefixed(detail, ['requestHash'], 'ensemble.turn.') }
        : toolAttributes(tool, agent, detail),
    );
    if (this.#content && tool !== null) span.set(contentOfArguments(detail));
    span.set({ 'ensemble.task.id': task.id, 'ensemble.attempt': attempt });
    task.effects.set(key, { span, calls: [], asked: null });
  }

  #endEffect(task: TracedTask, payload: Extract<EntryDraft, { kind: 'effect-outcome' }>['payload'], at: string): void {
    const { key } = payload;
    const effect = task.effects.get(key);
    if (effect === undefined) return;
    task.effects.delete(key);
    const result = asObject(payload.result);
    // A tool that refuses or fails answers so; everything else that has an outcome has succeeded.
    const handoff = effect.span.kind === 'handoff' ? asObject(result.handoff ?? null) : {};
    if (result.ok === false) effect.span.settle('error', effect.span.kind === 'handoff' ? 'refused' : 'tool-failed');
    else effect.span.settle('ok', null);
    // Who gets it is only a name that there is once it was accepted; from here on the task is that agent's.
    if (handoff.accepted === true && typeof handoff.to === 'string') {
      effect.span.set({ 'ensemble.handoff.from': task.agent, 'ensemble.handoff.to': handoff.to });
      task.agent = handoff.to;
    }
    const last = effect.calls.at(-1);
    if (typeof result.finishReason === 'string') last?.set({ 'gen_ai.response.finish_reasons': [result.finishReason] });
    if (this.#content) {
      for (const call of effect.calls) call.set(effect.asked ?? {});
      (last ?? effect.span).set(contentOfAnswer(result));
    }
    this.#closeEffect(effect, at);
  }

  /** A person is asked: only which action by its hash, as what it says is content. */
  #ask(task: TracedTask, { attempt, payload }: Extract<EntryDraft, { kind: 'approval-asked' }>, at: string): void {
    const { instanceId, agent } = task;
    const id = spanIdOf(this.#runId, 'approval', instanceId, attempt, payload.key);
    const parentId = this.#idOf(task);
    const question = new OpenSpan({ ...this.#base('approval', 'approval', parentId), instanceId, agent }, id, at);
    question.set({ 'ensemble.task.id': task.id, 'ensemble.approval.hash': payload.actionHash });
    task.questions.set(payload.key, question);
  }

  #answer(
    task: TracedTask,
    { key, approved }: Extract<EntryDraft, { kind: 'approval-answered' }>['payload'],
    at: string,
  ): void {
    const question = task.questions.get(key) ?? null;
    task.questions.delete(key);
    question?.settle(approved ? 'ok' : 'error', approved ? null : 'refused');
    this.#close(question, at);
  }

  /** A message is sent at once, or refused. */
  #message(
    task: TracedTask,
    { kind, attempt, payload }: Extract<EntryDraft, { kind: 'message-sent' | 'message-refused' }>,
    at: string,
  ): void {
    const { instanceId, agent } = task;
    const id = spanIdOf(this.#runId, 'message', instanceId, attempt, payload.key);
    const parentId = this.#idOf(task);
    const span = new OpenSpan({ ...this.#base('message', 'send message', parentId), instanceId, agent }, id, at);
    span.set({ 'messaging.operation.type': 'send', 'gen_ai.agent.name': agent, 'ensemble.task.id': task.id });
    if (kind === 'message-refused') span.settle('error', 'refused');
    else {
      span.set(messageAttributes(payload));
      span.settle('ok', null);
    }
    this.#close(span, at);
  }

  #endEffects(task: TracedTask, at: string, errorType: string): void {
    for (const effect of task.effects.values()) {
      effect.span.settle('error', errorType);
      this.#closeEffect(effect, at);
    }
    task.effects.clear();
  }

  #closeEffect({ span, calls }: OpenEffect, at: string): void {
    for (const call of calls) this.#close(call, call.endedAt ?? at);
    this.#close(span, at);
  }

  #close(span: OpenSpan | null, at: string): void {
    if (span !== null) this.#emit(span.record(at));
  }

  /** A call is known by who made it when; of several in the same millisecond by their order, too. */
  #idOfCall({ runId, instanceId, at, account, model }: UsageRecord): string {
    let id = spanIdOf(runId, 'call', instanceId, at, account, model);
    for (let time = 2; this.#calls.has(id); time++) id = spanIdOf(runId, 'call', instanceId, at, account, model, time);
    this.#calls.add(id);
    return id;
  }

  /** The id of a task's span; made anew only where the task has not started. */
  #idOf({ span, instanceId }: TracedTask): string {
    return span?.spanId ?? spanIdOf(this.#runId, 'task', instanceId);
  }

  #base(kind: SpanKind, name: string, parentId: string | null) {
    return { runId: this.#runId, kind, name, parentId, instanceId: null, agent: null };
  }
}

/** The model turn that a call belongs to: the last one that was begun. */
function lastTurn({ effects }: TracedTask): OpenEffect | undefined {
  let last: OpenEffect | undefined;
  for (const effect of effects.values()) if (effect.span.kind === 'turn') last = effect;
  return last;
}

function callSpan(row: UsageRecord, requested: string | null, parentId: string, id: string): OpenSpan {
  const { runId, instanceId, agent, account, model, tokens, costUSD, outcome, at, latencyMs } = row;
  const startedAt = new Date(Date.parse(at) - latencyMs).toISOString();
  const name = `chat ${requested ?? splitModel(model).id}`;
  const base = { runId, kind: 'call' as const, name, parentId, instanceId, agent, account, model, tokens, costUSD };
  const span = new OpenSpan(base, id, startedAt, at);
  span.set(callAttributes(row, requested));
  if (outcome === 'completed' || outcome === 'partial') span.settle('ok', null);
  else span.settle('error', outcome);
  return span;
}

/** An effect with a tool is a use of it; the tool by which an agent hands its task over is one of its own. */
function kindOf(tool: string | null): 'turn' | 'tool' | 'handoff' {
  if (tool === null) return 'turn';
  return tool === 'handoff' ? 'handoff' : 'tool';
}

function asObject(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
