import { clipBytes, meansDevice, UniqueNames } from '../file-names.ts';
import type { DocumentFormat, DocumentKind } from './document.ts';

/** Bytes of a file name; systems allow 255, and a number may have to be added. */
const LONGEST_NAME = 120;
const ENDINGS: Readonly<Record<DocumentFormat, string>> = { markdown: 'md', text: 'txt', json: 'json' };

/** What a file name is made of. */
export interface NamedDocument {
  readonly id: number;
  readonly title: string;
  readonly format: DocumentFormat;
  readonly kind: DocumentKind;
}

/** The title as the name of a file that every system takes, with the ending of what is in it. */
export function documentFileName(document: NamedDocument): string {
  return partsOf(document).join('');
}

/** File names of several documents, each another one also where letters of both cases are the same. */
export function documentFileNames(documents: readonly NamedDocument[]): string[] {
  const names = new UniqueNames();
  return documents.map((document) => names.take(...partsOf(document)));
}

function partsOf({ id, title, format, kind }: NamedDocument): [stem: string, ending: string] {
  const [stem, ending] = kind === 'tests' ? split(title, 'txt') : [title, endingOf(format, kind)];
  const plain = stem
    .normalize('NFC')
    .replace(/[\s\\/:*?"<>|\p{Cc}\p{Cf}]+/gu, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
  const short = clipBytes(plain, LONGEST_NAME).replace(/[.-]+$/, '') || `document-${id}`;
  return [meansDevice(short) ? `_${short}` : short, `.${ending}`];
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
