import * as vscode from 'vscode';
import { fileNameOf } from '../results/result-path.ts';

/** Scheme of conversations of the history, of their replays and of the logs. */
export const HISTORY_SCHEME = 'ensemble-history';

const KINDS = ['conversation', 'audit', 'database', 'answer', 'comparison', 'run-step', 'task-step'] as const;

/** What a document of the history shows. */
export interface HistoryPlace {
  /**
   * `audit`, `database`: the log of what was done and the state of the database, of which there is one. Of conversations also the `answer` alone, its `comparison` with the
   * one that it repeats, and it as a step of the replay of its run (`run-step`) or of its task (`task-step`).
   */
  readonly kind: (typeof KINDS)[number];
  readonly id: number;
}

/** The document of what the history shows. The number names it; the rest is the title of its tab. */
export function historyUri({ kind, id }: HistoryPlace, title: string): vscode.Uri {
  return vscode.Uri.from({ scheme: HISTORY_SCHEME, path: `/${kind}/${id}/${fileNameOf(title)}` });
}

/** Takes {@link historyUri} apart. Throws `FileNotFound` for an address that is none. */
export function placeOf(uri: vscode.Uri): HistoryPlace {
  const [, kind, id] = /^\/([a-z-]+)\/(\d{1,15})\/[^/]+$/.exec(uri.path) ?? [];
  const known = KINDS.find((one) => one === kind);
  if (known === undefined) throw vscode.FileSystemError.FileNotFound(uri);
  return { kind: known, id: Number(id) };
}

/** Whether a place is a step of a replay. */
export function isStep({ kind }: HistoryPlace): boolean {
  return kind === 'run-step' || kind === 'task-step';
}
