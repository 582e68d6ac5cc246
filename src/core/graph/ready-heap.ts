/** A ready task as the heap orders it. */
export interface ReadyItem<T> {
  readonly task: T;
  /** 1-10, higher first. */
  readonly priority: number;
  /** Longest remaining path, longer first. */
  readonly path: number;
  /** Order of addition, earlier first. */
  readonly order: number;
}

/** Binary heap of ready tasks: user priority, then longest remaining path, then order of addition. */
export class ReadyHeap<T> {
  readonly #items: ReadyItem<T>[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: ReadyItem<T>): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || !goesBefore(item, parent)) break;
      items[at] = parent;
      at = above;
    }
    items[at] = item;
  }

  /** The item that goes first; undefined when there is none. */
  peek(): ReadyItem<T> | undefined {
    return this.#items[0];
  }

  /** Takes the item that goes first; undefined when there is none. */
  pop(): ReadyItem<T> | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sink(last);
    return first;
  }

  /** Puts an item at the top and lets it sink to its place. */
  #sink(item: ReadyItem<T>): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let below = at * 2 + 1;
      let child = items[below];
      const right = items[below + 1];
      if (child !== undefined && right !== undefined && goesBefore(right, child)) {
        child = right;
        below++;
      }
      if (child === undefined || !goesBefore(child, item)) break;
      items[at] = child;
      at = below;
    }
    items[at] = item;
  }
}

function goesBefore(a: ReadyItem<unknown>, b: ReadyItem<unknown>): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.path !== b.path) return a.path > b.path;
  return a.order < b.order;
}
