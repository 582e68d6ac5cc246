import type { TaggedMessage } from '../messages/message-tags.ts';
import { MAX_MESSAGES_OF_RUN, MAX_MESSAGES_OF_TASK, MAX_RUN_CONTENT } from '../messages/run-message.ts';
import { EVERYBODY } from '../messages/types.ts';
import { nearestName } from '../nearest-name.ts';
import { taskOfInstance } from './mail.ts';
import type { MailBox } from './mail-state.ts';
import { hasEnded, isActive, type RunState, type TaskState } from './state.ts';

/** Names that a refusal lists at most. */
const MAX_LISTED = 20;

/** Where a message goes, or why it goes nowhere. */
export type Address =
  | { readonly ok: true; readonly to: string; readonly receivers: readonly string[] | null }
  | { readonly ok: false; readonly reason: string };

/** Finds out who gets a message. A name is a task's id or an agent's name; an agent's name means all its open tasks. */
export function addressOf(state: RunState, sender: TaskState, message: TaggedMessage): Address {
  if (message.kind === 'broadcast' || message.to === EVERYBODY) return { ok: true, to: EVERYBODY, receivers: null };
  if (message.kind === 'response') return addressOfResponse(state, sender, message.inReplyTo ?? 0);
  const { to } = message;
  const named = tasksNamed(state, to);
  if (named.length === 0) return refused(unknownName(state, sender, to));
  const others = named.filter((task) => task !== sender);
  if (others.length === 0) return refused('A message was not sent: it was addressed to its sender.');
  const open = others.filter((task) => !hasEnded(task));
  if (open.length === 0)
    return refused(`The message to "${to}" was not sent: "${to}" has ended and reads nothing more.`);
  // One is asked, so that one answers.
  const receivers = message.kind === 'request' ? [open.find(isActive) ?? open[0]] : open;
  return { ok: true, to, receivers: receivers.flatMap((task) => (task ? [task.instanceId] : [])) };
}

/** Why a message must not be sent, whoever it is for; null: it may. */
export function refusalOf(state: RunState, box: MailBox, sender: TaskState, message: TaggedMessage): string | null {
  const { to, kind, content } = message;
  if (content.length > MAX_RUN_CONTENT) {
    return `The message to "${to}" was not sent: it has ${content.length} characters, at most ${MAX_RUN_CONTENT} are allowed. Send the part that matters.`;
  }
  if (box.count >= MAX_MESSAGES_OF_TASK) return `No more messages are sent: you have sent ${MAX_MESSAGES_OF_TASK}.`;
  const messages = state.mail?.messages ?? [];
  if (messages.length >= MAX_MESSAGES_OF_RUN) return 'No more messages are sent: this run has sent as many as it may.';
  // A repeated attempt writes what the failed one has written already.
  const before = messages.find(
    (one) => one.fromInstance === sender.instanceId && one.to === to && one.kind === kind && one.content === content,
  );
  return before ? `You have sent this to "${to}" before, as message ${before.id}.` : null;
}

/** True while somebody may still answer a request: not who has ended, nor who cannot go on before its sender has. */
export function canBeAnswered(state: RunState, sender: TaskState, requestId: number): boolean {
  const request = state.mail?.messages[requestId - 1];
  if (!request || state.mail?.answered.has(requestId)) return false;
  const after = tasksAfter(sender);
  return (request.receivers ?? []).some((instanceId) => {
    const receiver = taskOfInstance(state, instanceId);
    const isAncestor = sender.instanceId.startsWith(`${instanceId}/`);
    return receiver !== undefined && !hasEnded(receiver) && !isAncestor && !after.has(receiver);
  });
}

function addressOfResponse(state: RunState, sender: TaskState, requestId: number): Address {
  const request = state.mail?.messages[requestId - 1];
  const wasAsked = request?.kind === 'request' && request.receivers?.includes(sender.instanceId);
  if (!request || !wasAsked) return refused(`A response was not sent: nobody asked you with a request ${requestId}.`);
  if (state.mail?.answered.has(requestId)) return refused(`A response was not sent: request ${requestId} is answered.`);
  const asker = taskOfInstance(state, request.fromInstance);
  if (!asker || hasEnded(asker)) return refused(`A response was not sent: "${request.from}" has ended.`);
  return { ok: true, to: request.from, receivers: [request.fromInstance] };
}

/** By id, by instance, by agent, and last by any of them in other letters. */
function tasksNamed({ tasks }: RunState, name: string): readonly TaskState[] {
  const byId = tasks.get(name);
  if (byId) return [byId];
  const all = [...tasks.values()];
  const exact = all.filter(({ instanceId, spec }) => instanceId === name || spec.agent === name);
  if (exact.length > 0) return exact;
  const lower = name.toLowerCase();
  return all.filter(({ spec }) => spec.id.toLowerCase() === lower || spec.agent.toLowerCase() === lower);
}

function unknownName({ tasks }: RunState, sender: TaskState, name: string): string {
  const others = [...tasks.values()].filter((task) => task !== sender && !hasEnded(task));
  const names = new Set(others.flatMap(({ spec }) => [spec.id, spec.agent]));
  names.delete(sender.spec.id);
  const nearest = nearestName(name, names);
  const listed = [...names].slice(0, MAX_LISTED).join(', ');
  const hint = nearest === null ? '' : ` Did you mean "${nearest}"?`;
  return `The message to "${name.slice(0, 100)}" was not sent: nobody has that name.${hint} There are: ${listed || 'no others'}.`;
}

/** Those that start only when the task has ended. */
function tasksAfter(task: TaskState): ReadonlySet<TaskState> {
  const after = new Set<TaskState>();
  const addDependents = ({ dependents }: TaskState): void => {
    for (let edge = dependents; edge !== null; edge = edge.next) after.add(edge.to);
  };
  addDependents(task);
  after.forEach(addDependents);
  return after;
}

function refused(reason: string): Address {
  return { ok: false, reason };
}
