import type * as vscode from 'vscode';
import type { ChosenVersion } from '../../../core/together/chosen-versions.ts';

const STATE_KEY = 'ensemble.chosenVersions';
const KEPT = 50;

interface Stored {
  readonly runId: string;
  readonly chosen: readonly ChosenVersion[];
  /** Epoch ms of the last choice. */
  readonly at: number;
}

/** Remembers which versions a person took where the agents of a run contradict one another; also over a reload of the window. */
export class ChosenVersions {
  readonly #memento: vscode.Memento;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  of(runId: string): readonly ChosenVersion[] {
    return this.#find(runId)?.chosen ?? [];
  }

  /** When the last choice was made, epoch ms; 0: never. */
  changedAt(runId: string): number {
    return this.#find(runId)?.at ?? 0;
  }

  /** Keeps the choices of a run in the place of earlier ones. */
  async keep(runId: string, chosen: readonly ChosenVersion[]): Promise<void> {
    const others = this.#stored().filter((each) => each.runId !== runId);
    await this.#memento.update(STATE_KEY, [{ runId, chosen, at: Date.now() }, ...others].slice(0, KEPT));
  }

  #find(runId: string): Stored | undefined {
    return this.#stored().find((each) => each.runId === runId);
  }

  #stored(): readonly Stored[] {
    return this.#memento.get<readonly Stored[]>(STATE_KEY, []);
  }
}
