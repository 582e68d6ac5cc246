/** Scheme of proposed texts. A file system, because the tab of a text document content provider is gone after a reload. */
export const EDIT_SCHEME = 'ensemble-edit';

const QUERY = /^([0-9A-HJKMNP-TV-Z]{26})(&base)?$/;

/** Which text of a proposal is meant: the file as proposed, or as the agents read it. */
export type EditSide = 'proposed' | 'base';

/** What the address of a proposed text names. */
export interface EditAddress {
  readonly runId: string;
  /** As in the result: relative to the workspace, or the bare name of a document from elsewhere. */
  readonly file: string;
  readonly side: EditSide;
}

/** Path and query of a proposed text. The path is the file's own: the editor shows it, and takes the language from it. */
export function editAddress({ runId, file, side }: EditAddress): { readonly path: string; readonly query: string } {
  return { path: `/${file}`, query: side === 'base' ? `${runId}&base` : runId };
}

/** Takes {@link editAddress} apart; null: it is none. */
export function parseEditAddress(path: string, query: string): EditAddress | null {
  const [, runId, base] = QUERY.exec(query) ?? [];
  const file = path.slice(1);
  if (runId === undefined || file === '' || !path.startsWith('/')) return null;
  return { runId, file, side: base === undefined ? 'proposed' : 'base' };
}
