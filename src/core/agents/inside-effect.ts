import type { ExecutionContext } from '../ports.ts';

/** For a model turn that is part of an effect of its own: nobody is shown how its text comes, since it is not the task's. */
export function insideEffect(context: ExecutionContext): ExecutionContext {
  return {
    signal: context.signal,
    effect: (_key, _detail, perform) => perform(),
    waiting: (work) => context.waiting(work),
    approve: (question) => context.approve(question),
    delta: () => undefined,
    notify: (note) => context.notify(note),
  };
}
