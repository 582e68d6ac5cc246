/** What the heap orders tasks by. */
export interface Ranked {
  /** Priority: 1-10, higher first. */
  readonly spec: { readonly priority: number };
  /** Longest remaining path, longer first. */
  readonly path: number;
  /** Order of addition, earlier first. */
  readonly order: number;
}

/** Binary heap of ready tasks: user priority, then longest remaining path, then order of addition. */
export class ReadyHeap<T extends Ranked> {
  readonly #tasks: T[] = [];

  get size(): number {
    return this.#tasks.length;
  }

  push(task: T): void {
    const tasks = this.#tasks;
    let at = tasks.length;
    tasks.push(task);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = tasks[above];
      if (parent === undefined || !goesBefore(task, parent)) break;
      tasks[at] = parent;
      at = above;
    }
    tasks[at] = task;
  }

  /** The task that goes first; undefined when there is none. */
  peek(): T | undefined {
    return this.#tasks[0];
  }

  /** Takes the task that goes first; undefined when there is none. */
  pop(): T | undefined {
    const first = this.#tasks[0];
    const last = this.#tasks.pop();
    if (last !== undefined && this.#tasks.length > 0) this.#sink(last, 0);
    return first;
  }

  /** Restores the order after paths have changed. */
  reorder(): void {
    for (let at = (this.#tasks.length >> 1) - 1; at >= 0; at--) {
      const task = this.#tasks[at];
      if (task !== undefined) this.#sink(task, at);
    }
  }

  /** Lets a task sink from where it is put to its place. */
  #sink(task: T, from: number): void {
    const tasks = this.#tasks;
    let at = from;
    for (;;) {
      let below = at * 2 + 1;
      let child = tasks[below];
      const right = tasks[below + 1];
      if (child !== undefined && right !== undefined && goesBefore(right, child)) {
        child = right;
        below++;
      }
      if (child === undefined || !goesBefore(child, task)) break;
      tasks[at] = child;
      at = below;
    }
    tasks[at] = task;
  }
}

function goesBefore(a: Ranked, b: Ranked): boolean {
  if (a.spec.priority !== b.spec.priority) return a.spec.priority > b.spec.priority;
  if (a.path !== b.path) return a.path > b.path;
  return a.order < b.order;
}
