/** What a row of the History view stands for. A run is its id, so that commands of the Agents view understand it. */
export type HistoryElement =
  | { readonly type: 'group'; readonly key: string }
  | { readonly type: 'run'; readonly runId: string }
  | { readonly type: 'conversation' | 'document'; readonly runId: string; readonly id: number }
  | { readonly type: 'more'; readonly key: string }
  | { readonly type: 'error' };

/** Id of a row; stable, so that expansion and selection survive. */
export function elementOf(element: HistoryElement): string {
  switch (element.type) {
    case 'group':
      return `group:${element.key}`;
    case 'more':
      return `more:${element.key}`;
    case 'error':
      return 'error:';
    case 'run':
      return element.runId;
    case 'conversation':
      return `${element.runId}/c:${element.id}`;
    case 'document':
      return `${element.runId}/d:${element.id}`;
  }
}

/** Takes {@link elementOf} apart; null: it is none. */
export function parseElement(text: unknown): HistoryElement | null {
  if (typeof text !== 'string' || text === '') return null;
  const group = /^(group|more|error):(.*)$/.exec(text);
  if (group)
    return group[1] === 'error' ? { type: 'error' } : { type: group[1] as 'group' | 'more', key: group[2] ?? '' };
  const entry = /^([^/]+)\/([cd]):(\d+)$/.exec(text);
  if (!entry) return /[/:]/.test(text) ? null : { type: 'run', runId: text };
  const [, runId = '', kind, id] = entry;
  return { type: kind === 'c' ? 'conversation' : 'document', runId, id: Number(id) };
}
