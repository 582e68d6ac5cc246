import type * as vscode from 'vscode';
import type { FindingRef } from './finding-list.ts';

const STATE_KEY = 'ensemble.shownFindings';
/** More than a person will look at; what is beyond comes back with the next review. */
const KEPT = 1_000;

/** A finding that was shown, and in which document. */
export interface ShownFinding extends FindingRef {
  readonly uri: string;
}

/** What the window shows, kept over a reload. The findings themselves are in the database. */
export interface ShownFindings {
  read(): readonly ShownFinding[];
  write(shown: readonly ShownFinding[]): Thenable<void>;
}

/** The {@link ShownFindings} of this workspace. */
export function shownIn(memento: vscode.Memento): ShownFindings {
  return {
    read: () => memento.get<readonly ShownFinding[]>(STATE_KEY, []),
    write: (shown) => memento.update(STATE_KEY, shown.length === 0 ? undefined : shown.slice(0, KEPT)),
  };
}

/** True when there is something to bring back; reads nothing but the state that the editor has loaded anyway. */
export function hasShownFindings(memento: vscode.Memento): boolean {
  return shownIn(memento).read().length > 0;
}
