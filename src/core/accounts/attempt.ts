import { type EnsembleError, isEnsembleError } from '../errors.ts';
import {
  type AttemptRecord,
  type LimitReport,
  type ModelRequest,
  NO_USAGE,
  type ProviderCall,
  type ProviderFailure,
} from '../model.ts';
import type { ProviderCapabilities } from '../ports.ts';
import { withSchemaInstructions } from '../schema-instructions.ts';
import { withoutTools } from '../tool-conversation.ts';
import type { AccountEntry, Visit } from './account-entry.ts';
import type { ChosenModel } from './models.ts';
import type { Pass } from './pass.ts';
import type { PoolDependencies } from './pool-dependencies.ts';
import { microCost } from './pricing.ts';
import type { Spent } from './reservation.ts';
import { NO_WRITES, type StreamedAnswer, streamAttempt } from './stream-attempt.ts';
import { estimatedUsage } from './vendor-tokens.ts';

/** An account while it serves a call. */
export interface Stop {
  readonly entry: AccountEntry;
  readonly visit: Visit;
  readonly pass: Pass;
  readonly request: ModelRequest;
  readonly model: ChosenModel;
}

/** An attempt that has ended. */
export interface Sent {
  readonly answer: StreamedAnswer;
  readonly record: AttemptRecord;
  /** Cost in micro-USD; null: unknown. */
  readonly micro: number | null;
}

/** Who follows an attempt. */
export interface AttemptHooks {
  readonly signal: AbortSignal;
  /** Everything is ready: false when the request may not go out any more. */
  maySend(): Promise<boolean>;
  /** The request goes out now; from here on it may be billed. */
  sending(): void;
  onText(text: string): void;
  onLimits(limits: LimitReport): void;
  /** Hears of the attempt before the ledger does. */
  ended(record: AttemptRecord): void;
}

/**
 * One attempt: key, privacy gate, request, answer, ledger; null when it may not go out any more. Rejects when the signal aborts, when the privacy gate refuses, and
 * when the ledger cannot be written.
 */
export async function sendAttempt(stop: Stop, deps: PoolDependencies, hooks: AttemptHooks): Promise<Sent | null> {
  const { clock } = deps;
  const began = clock.monotonic();
  const elapsed = () => Math.round(clock.monotonic() - began);
  const heard = { sent: false, text: '' };
  let answer: StreamedAnswer | null;
  try {
    answer = await answerOf(stop, deps, listening(hooks, heard));
  } catch (error) {
    if (heard.sent && hooks.signal.aborted) await recordCancelled(stop, deps, heard.text, elapsed());
    throw error;
  }
  if (answer === null) return null;
  const sent = sentOf(stop, answer, deps, elapsed());
  hooks.ended(sent.record);
  const { runId, instanceId, agent } = stop.request.attribution;
  const at = new Date(clock.now()).toISOString();
  const possiblyBilled = answer.failure?.possiblyBilled ?? false;
  await deps.record({ ...sent.record, runId, instanceId, agent, possiblyBilled, at }, stop.model.id);
  return sent;
}

/** Notes what goes by, for a call that is stopped half way. */
function listening(hooks: AttemptHooks, heard: { sent: boolean; text: string }): AttemptHooks {
  return {
    ...hooks,
    sending: () => {
      heard.sent = true;
      hooks.sending();
    },
    onText: (text) => {
      heard.text += text;
      hooks.onText(text);
    },
  };
}

/** A call that was stopped may have been billed: the ledger says so, with what was sent and heard. A ledger that fails stops nothing. */
async function recordCancelled(stop: Stop, deps: PoolDependencies, text: string, latencyMs: number): Promise<void> {
  const usage = estimatedUsage(stop.entry.account.provider, stop.request, text);
  const failure = {
    cause: 'cancelled',
    status: null,
    message: 'Cancelled.',
    retryAfterMs: null,
    possiblyBilled: true,
  } as const;
  const { record } = sentOf(stop, { ...notSent(failure), text, usage }, deps, latencyMs);
  const { runId, instanceId, agent } = stop.request.attribution;
  const at = new Date(deps.clock.now()).toISOString();
  try {
    await deps.record({ ...record, runId, instanceId, agent, possiblyBilled: true, at }, stop.model.id);
  } catch (error) {
    deps.logger.warn('A cancelled call could not be recorded', { account: record.account, error: String(error) });
  }
}

/** What an attempt takes from its budget. One that may have been billed without saying how much stays at its worst case. */
export function spentBy({ answer, record, micro }: Sent): Spent {
  if (answer.failure?.possiblyBilled && record.tokens.estimated) return 'unknown';
  return { micro, tokens: record.tokens };
}

async function answerOf(stop: Stop, deps: PoolDependencies, hooks: AttemptHooks): Promise<StreamedAnswer | null> {
  const { account } = stop.entry;
  const { signal } = hooks;
  try {
    const provider = await deps.providerFor(account);
    const call = deps.outbound(providerCall(stop, provider.capabilities), account, provider.capabilities);
    if (!(await hooks.maySend())) return null;
    signal.throwIfAborted();
    hooks.sending();
    return await streamAttempt(provider, call, {
      signal,
      clock: deps.clock,
      vendor: account.provider,
      onText: hooks.onText,
      onLimits: hooks.onLimits,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!isEnsembleError(error) || error.code === 'approval-refused') throw error;
    return withoutKey(error);
  }
}

function sentOf(
  { entry, model: asked }: Stop,
  answer: StreamedAnswer,
  deps: PoolDependencies,
  latencyMs: number,
): Sent {
  const { provider, name } = entry.account;
  const model = `${provider}/${answer.model ?? asked.id}`;
  const price = deps.prices.price(model) ?? deps.prices.price(`${provider}/${asked.id}`);
  const { usage, failure } = answer;
  const micro = price ? microCost(price, usage, answer.cacheWrites) : unpricedCost(answer);
  if (micro !== null) entry.spend(micro, deps.clock.now());
  const costUSD = micro === null ? null : micro / 1e6;
  const outcome = failure?.cause ?? 'completed';
  const record: AttemptRecord = { account: name, model, outcome, tokens: usage, costUSD, latencyMs };
  return { answer, record, micro };
}

/** Micro-USD of a call whose price nobody knows: what the vendor says, nothing for nothing, else null (unknown). */
function unpricedCost({ reportedCostUSD, usage }: StreamedAnswer): number | null {
  if (reportedCostUSD !== null) return Math.ceil(reportedCostUSD * 1e6 - 1e-9);
  return usage.input + usage.output > 0 ? null : 0;
}

function providerCall({ request, model }: Stop, takes: ProviderCapabilities): ProviderCall {
  const { messages, maxTokens, temperature, responseSchema, tools = [], attribution } = request;
  const cacheKey = `${attribution.runId}:${attribution.agent}`;
  const call = { model: model.id, messages, maxTokens, temperature, responseSchema, cacheKey };
  if (tools.length === 0 || !takes.tools) return withoutTools(call);
  if (responseSchema === null) return { ...call, tools };
  // Some vendors refuse a schema beside tools, so it is described.
  return { ...call, tools, responseSchema: null, messages: withSchemaInstructions(messages, responseSchema) };
}

/** The account has no key that could be used. */
function withoutKey({ message, hint }: EnsembleError): StreamedAnswer {
  const failure = { cause: 'auth', status: null, message, retryAfterMs: null, possiblyBilled: false } as const;
  return notSent(hint === null ? failure : { ...failure, hint });
}

function notSent(failure: ProviderFailure): StreamedAnswer {
  const nothing = {
    text: '',
    toolCalls: [],
    finishReason: null,
    model: null,
    reportedCostUSD: null,
    cacheWrites: NO_WRITES,
  };
  return { status: 'failed', ...nothing, usage: NO_USAGE, failure };
}
