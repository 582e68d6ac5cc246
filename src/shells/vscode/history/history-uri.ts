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

const QUERY = new RegExp(`^(${KINDS.join('|')})=(\\d{1,15})(?:&|$)`);
/** Tabs of earlier versions of the product have kind and number in their path. */
const EARLIER_PATH = new RegExp(`^/(${KINDS.join('|')})/(\\d{1,15})/[^/]+$`);

/**
 * The document of what the history shows. The query names it, and may hold a filter behind that; the path is for people: the
 * title of its tab, below the conversation that it is about.
 */
export function historyUri(
  place: HistoryPlace,
  title: string,
  filter: Readonly<Record<string, string>> = {},
): vscode.Uri {
  const { kind, id } = place;
  const folder = kind === 'conversation' || isStep(place) ? `/${vscode.l10n.t('Conversation {0}', id)}` : '';
  const query = [`${kind}=${id}`, new URLSearchParams(filter).toString()].filter((part) => part !== '').join('&');
  return vscode.Uri.from({ scheme: HISTORY_SCHEME, path: `${folder}/${fileNameOf(title)}`, query });
}

/** The filter of a document of the history. */
export function filterOf(uri: vscode.Uri): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(uri.query.replace(QUERY, '')));
}

/** Takes {@link historyUri} apart. Throws `FileNotFound` for an address that is none. */
export function placeOf(uri: vscode.Uri): HistoryPlace {
  const [, kind, id] = QUERY.exec(uri.query) ?? EARLIER_PATH.exec(uri.path) ?? [];
  const known = KINDS.find((one) => one === kind);
  if (known === undefined) throw vscode.FileSystemError.FileNotFound(uri);
  return { kind: known, id: Number(id) };
}

/** Whether a place is a step of a replay. */
export function isStep({ kind }: HistoryPlace): boolean {
  return kind === 'run-step' || kind === 'task-step';
}
