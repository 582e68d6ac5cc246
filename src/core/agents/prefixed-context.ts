import type { ExecutionContext, TaskMail } from '../ports.ts';

/** The context of one part of an attempt: its effects and messages have keys of their own. */
export function prefixedContext(context: ExecutionContext, prefix: string): ExecutionContext {
  const { signal, effect, approve, waiting, mail } = context;
  return {
    signal,
    approve,
    waiting,
    effect: (key, detail, perform) => effect(prefix + key, detail, perform),
    ...(context.interruptions && { interruptions: (key: string) => context.interruptions?.(prefix + key) ?? 0 }),
    delta: (text, reset) => context.delta(text, reset),
    notify: (note) => context.notify(note),
    ...(mail && { mail: prefixedMail(mail, prefix) }),
  };
}

function prefixedMail(mail: TaskMail, prefix: string): TaskMail {
  return {
    send: (key, messages) => mail.send(prefix + key, messages),
    take: (key) => mail.take(prefix + key),
    wait: (key, requests, timeoutMs) => mail.wait(prefix + key, requests, timeoutMs),
  };
}
