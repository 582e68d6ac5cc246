import type { DocumentFormat, DocumentKind } from './document.ts';

/** Bytes of a file name; systems allow 255, and a number may have to be added. */
const LONGEST_NAME = 120;
const ENDINGS: Readonly<Record<DocumentFormat, string>> = { markdown: 'md', text: 'txt', json: 'json' };
/** Names that mean devices on Windows, whatever ending they have. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** What a file name is made of. */
export interface NamedDocument {
  readonly id: number;
  readonly title: string;
  readonly format: DocumentFormat;
  readonly kind: DocumentKind;
}

/** The title as the name of a file that every system takes, with the ending of what is in it. */
export function documentFileName({ id, title, format, kind }: NamedDocument): string {
  const [stem, ending] = kind === 'tests' ? split(title, 'txt') : [title, endingOf(format, kind)];
  const plain = stem
    .normalize('NFC')
    .replace(/[\s\\/:*?"<>|\p{Cc}\p{Cf}]+/gu, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
  const short = clipBytes(plain, LONGEST_NAME).replace(/[.-]+$/, '') || `document-${id}`;
  return `${DEVICE.test(short) ? `_${short}` : short}.${ending}`;
}

/** File names of several documents, each another one also where letters of both cases are the same. */
export function documentFileNames(documents: readonly NamedDocument[]): string[] {
  const taken = new Set<string>();
  return documents.map((document) => {
    const name = documentFileName(document);
    const at = name.endsWith('.sarif.json') ? name.length - '.sarif.json'.length : name.lastIndexOf('.');
    let free = name;
    for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${name.slice(0, at)}-${count}${name.slice(at)}`;
    taken.add(free.toLowerCase());
    return free;
  });
}

function endingOf(format: DocumentFormat, kind: DocumentKind): string {
  if (kind === 'patch') return 'diff';
  return kind === 'findings' ? 'sarif.json' : ENDINGS[format];
}

/** A generated file keeps its own ending. */
function split(title: string, otherwise: string): [stem: string, ending: string] {
  const [, stem, ending] = /^(.+)\.([A-Za-z0-9]{1,8})$/.exec(title) ?? [];
  return stem === undefined || ending === undefined ? [title, otherwise] : [stem, ending];
}

function clipBytes(text: string, limit: number): string {
  const encoder = new TextEncoder();
  let used = 0;
  let kept = '';
  for (const character of text) {
    used += encoder.encode(character).byteLength;
    if (used > limit) break;
    kept += character;
  }
  return kept;
}
