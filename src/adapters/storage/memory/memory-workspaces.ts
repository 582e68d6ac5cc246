import type { KnownWorkspace } from '../../../core/history/history.ts';

/** Workspaces with what they are known by, in memory. */
export class MemoryWorkspaces {
  readonly #identities = new Map<string, readonly string[]>();
  readonly #attachedTo = new Map<string, string | null>();

  identify(path: string, identities: readonly string[]): void {
    this.#identities.set(path, [...identities]);
  }

  attach(path: string, to: string | null): void {
    this.#attachedTo.set(path, to);
  }

  /** `places`: the workspaces of all runs. Those with most runs come first. */
  list(places: readonly string[]): KnownWorkspace[] {
    const paths = [...new Set([...places, ...this.#identities.keys(), ...this.#attachedTo.keys()])];
    const known = paths.map((path) => ({
      path,
      runs: places.filter((place) => place === path).length,
      identities: this.#identities.get(path) ?? [],
      attachedTo: this.#attachedTo.get(path) ?? null,
    }));
    return known.sort((a, b) => b.runs - a.runs || (a.path < b.path ? -1 : 1));
  }

  /** These and all that is attached to them, also in turn. */
  shownWith(paths: readonly string[]): ReadonlySet<string> {
    const shown = new Set(paths);
    for (const path of shown) for (const [other, to] of this.#attachedTo) if (to === path) shown.add(other);
    return shown;
  }
}
