import type { EntryDraft } from '../engine/journal-entry.ts';
import type { Json, JsonObject } from '../json.ts';
import type { UsageRecord } from '../ports.ts';

/** Our providers by the names that the conventions have for them; others keep ours. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = { xai: 'x_ai', gemini: 'gcp.gemini' };

type Snapshot = Extract<EntryDraft, { kind: 'run-started' }>['payload'];

/** A run is the invocation of a workflow. Its title may quote the request, so it is left out. */
export function runAttributes(runId: string, { kind, workflow }: Snapshot): JsonObject {
  return {
    'gen_ai.operation.name': 'invoke_workflow',
    'gen_ai.workflow.name': workflow ?? kind,
    'gen_ai.conversation.id': runId,
    'ensemble.run.id': runId,
    'ensemble.run.kind': kind,
  };
}

/** A task is the invocation of an agent. */
export function taskAttributes(taskId: string, instanceId: string, agent: string): JsonObject {
  return {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': agent,
    'ensemble.task.id': taskId,
    'ensemble.instance.id': instanceId,
  };
}

/** One attempt at a provider. `requested` is the vendor's model id that was asked for; null: not known any more. */
export function callAttributes(row: UsageRecord, requested: string | null): JsonObject {
  const { provider, id } = splitModel(row.model);
  const { tokens } = row;
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': PROVIDER_NAMES[provider] ?? provider,
    'gen_ai.request.model': requested ?? id,
    'gen_ai.response.model': id,
    'gen_ai.request.stream': true,
    'gen_ai.agent.name': row.agent,
    'gen_ai.conversation.id': row.runId,
    'gen_ai.usage.input_tokens': tokens.input,
    'gen_ai.usage.output_tokens': tokens.output,
    'gen_ai.usage.cache_read.input_tokens': tokens.cached,
    'gen_ai.usage.reasoning.output_tokens': tokens.reasoning,
    'ensemble.usage.estimated': tokens.estimated,
    'ensemble.account': row.account,
    'ensemble.possibly_billed': row.possiblyBilled,
    ...(row.costUSD === null ? {} : { 'ensemble.cost.usd': row.costUSD }),
  };
}

/** One use of a tool; its arguments only by their hash. */
export function toolAttributes(tool: string, agent: string, detail: JsonObject): JsonObject {
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': tool,
    'gen_ai.tool.type': 'function',
    'gen_ai.agent.name': agent,
    ...prefixed(detail, ['effect', 'argumentsHash'], 'ensemble.tool.'),
  };
}

/** A message between tasks; who gets it by instance, what it says not at all. */
export function messageAttributes(payload: Extract<EntryDraft, { kind: 'message-sent' }>['payload']): JsonObject {
  const { id, type, receivers, inReplyTo } = payload;
  return {
    'ensemble.message.id': id,
    'ensemble.message.type': type,
    'ensemble.message.receivers': receivers ?? ['*'],
    ...(inReplyTo === null ? {} : { 'ensemble.message.in_reply_to': inReplyTo }),
  };
}

/** Fields of a value under names of ours, as far as they are there. */
export function prefixed(value: JsonObject, fields: readonly string[], prefix: string): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field): [string, Json][] => {
      const one = value[field];
      return one === undefined || one === null ? [] : [[`${prefix}${field}`, one]];
    }),
  );
}

/** The two halves of `<provider>/<id>`; the id may hold slashes. */
export function splitModel(model: string): { readonly provider: string; readonly id: string } {
  const slash = model.indexOf('/');
  return slash === -1
    ? { provider: 'unknown', id: model }
    : { provider: model.slice(0, slash), id: model.slice(slash + 1) };
}
