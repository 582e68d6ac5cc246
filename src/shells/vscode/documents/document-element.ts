/** What a row of the Documents view stands for. A document may stand in several groups. */
export type DocumentElement =
  | { readonly type: 'group' | 'more'; readonly group: string }
  | { readonly type: 'document'; readonly group: string; readonly id: number }
  | { readonly type: 'error' };

/** Id of a row; stable, so that expansion and selection survive. */
export function elementOf(element: DocumentElement): string {
  switch (element.type) {
    case 'document':
      return JSON.stringify(['document', element.group, element.id]);
    case 'error':
      return JSON.stringify(['error']);
    default:
      return JSON.stringify([element.type, element.group]);
  }
}

/** Takes {@link elementOf} apart; null: it is none. */
export function parseElement(text: unknown): DocumentElement | null {
  if (typeof text !== 'string' || !text.startsWith('["')) return null;
  const [type, group = '', id = 0] = JSON.parse(text) as readonly [string, string?, number?];
  if (type === 'document') return { type, group, id };
  if (type === 'group' || type === 'more') return { type, group };
  return type === 'error' ? { type } : null;
}
