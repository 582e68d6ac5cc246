import { MAX_MESSAGES_OF_TURN, type RunMessage } from '../messages/run-message.ts';
import type { EntryDraft } from './journal-entry.ts';
import type { MailBox, MailState } from './mail-state.ts';
import type { RunState, TaskState } from './state.ts';

/** An entry about a message. */
export type MailEntry = Extract<EntryDraft, { kind: `message-${string}` }>;

/** The box of a task, made when it is first needed. */
export function boxOf(state: RunState, task: TaskState): MailBox {
  const mail = mailOf(state);
  let box = mail.boxes.get(task);
  if (box === undefined) {
    box = { waiting: [], broadcasts: 0, read: [], told: new Map(), sent: new Map(), count: 0 };
    mail.boxes.set(task, box);
  }
  collectBroadcasts(mail, task, box);
  return box;
}

/** Advances the messages by one entry; `at` is its time. */
export function applyMail(state: RunState, task: TaskState, entry: MailEntry, at: string): void {
  const mail = mailOf(state);
  const box = boxOf(state, task);
  switch (entry.kind) {
    case 'message-sent': {
      const { key, id, to, receivers, type: kind, content, inReplyTo } = entry.payload;
      const from = { from: task.spec.id, fromInstance: task.instanceId };
      const message = { id, ...from, to, receivers, kind, content, inReplyTo, sentAt: at, deliveries: [] };
      mail.messages.push(message);
      if (inReplyTo !== null) mail.answered.add(inReplyTo);
      if (receivers === null) mail.broadcasts.push(message);
      for (const receiver of receivers ?? []) {
        const other = taskOfInstance(state, receiver);
        if (other !== undefined) boxOf(state, other).waiting.push(message);
      }
      box.sent.set(key, { sent: true, message });
      box.count++;
      return;
    }
    case 'message-refused': {
      const { key, to, reason } = entry.payload;
      box.sent.set(key, { sent: false, to, reason });
      return;
    }
    case 'message-delivered': {
      const ids = new Set(entry.payload.ids);
      const told = box.waiting.filter(({ id }) => ids.has(id));
      box.waiting = box.waiting.filter(({ id }) => !ids.has(id));
      box.read.push(...told);
      box.told.set(entry.payload.key, told);
      for (const { id } of told) {
        const deliveries = mail.messages[id - 1]?.deliveries;
        if (deliveries?.every(({ instanceId }) => instanceId !== task.instanceId)) {
          deliveries.push({ instanceId: task.instanceId, at });
        }
      }
    }
  }
}

/** A new attempt knows nothing of what the one before it was told, so all of it waits for it again. */
export function renewMail(state: RunState, task: TaskState): void {
  const box = state.mail?.boxes.get(task);
  if (box === undefined) return;
  box.waiting = [...box.read, ...box.waiting].sort((a, b) => a.id - b.id);
  box.read = [];
  box.told.clear();
  box.sent.clear();
}

/** What the next turn of a task would be told. */
export function nextMail(state: RunState, task: TaskState): readonly RunMessage[] {
  if (state.mail === null) return [];
  return boxOf(state, task).waiting.slice(0, MAX_MESSAGES_OF_TURN);
}

/** The task of an instance id; undefined: there is none. */
export function taskOfInstance(state: RunState, instanceId: string): TaskState | undefined {
  return state.tasks.get(instanceId.slice(instanceId.lastIndexOf('/') + 1));
}

function mailOf(state: RunState): MailState<TaskState> {
  state.mail ??= { messages: [], broadcasts: [], boxes: new Map(), answered: new Set() };
  return state.mail;
}

function collectBroadcasts({ broadcasts }: MailState<TaskState>, task: TaskState, box: MailBox): void {
  for (; box.broadcasts < broadcasts.length; box.broadcasts++) {
    const message = broadcasts[box.broadcasts];
    if (message !== undefined && message.fromInstance !== task.instanceId) box.waiting.push(message);
  }
}
