/** What orders ready tasks. */
export interface ReadyTask {
  readonly id: string;
  /** 1-10, higher first. */
  readonly priority: number;
  /** Longest remaining path, longer first. */
  readonly path: number;
  /** Order of addition, earlier first. */
  readonly order: number;
}

/** Binary heap of ready tasks: user priority, then longest remaining path, then order of addition. */
export class ReadyHeap {
  #items: ReadyTask[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: ReadyTask): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1);
  }

  /** Takes the task that goes first; undefined when none is ready. */
  pop(): ReadyTask | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (first !== undefined && last !== undefined && this.#items.length > 0) {
      this.#items[0] = last;
      this.#sink(0);
    }
    return first;
  }

  clear(): void {
    this.#items = [];
  }

  #before(a: number, b: number): boolean {
    const left = this.#items[a];
    const right = this.#items[b];
    return left !== undefined && right !== undefined && goesBefore(left, right);
  }

  #swap(a: number, b: number): void {
    const left = this.#items[a];
    const right = this.#items[b];
    if (left === undefined || right === undefined) return;
    this.#items[a] = right;
    this.#items[b] = left;
  }

  #rise(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#before(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  #sink(from: number): void {
    let parent = from;
    for (;;) {
      const left = parent * 2 + 1;
      let first = this.#before(left, parent) ? left : parent;
      if (this.#before(left + 1, first)) first = left + 1;
      if (first === parent) return;
      this.#swap(first, parent);
      parent = first;
    }
  }
}

function goesBefore(a: ReadyTask, b: ReadyTask): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.path !== b.path) return a.path > b.path;
  return a.order < b.order;
}
