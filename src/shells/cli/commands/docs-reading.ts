import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DocumentPart, DocumentStore } from '../../../core/documents/document.ts';
import { documentFileNames } from '../../../core/documents/document-name.ts';
import { noVersion, partsOf, readableText } from '../../../core/documents/document-rules.ts';
import { unifiedDiff } from '../../../core/edits/unified-diff.ts';
import { EnsembleError } from '../../../core/errors.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { diffText } from '../diff-text.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes, localTime } from '../format.ts';
import { table } from '../layout.ts';
import { checkOutputFile, writeOutputFile } from '../output-file.ts';
import { oneLine, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';

/** Bytes of the parts that a document is read in. */
const PART = 8 * 1024 * 1024;
/** Bytes of a version that is compared line by line. */
const LARGEST_COMPARED = 4 * 1024 * 1024;

/** A version with its whole text, without where its parts were. */
export async function readWhole(
  documents: DocumentStore,
  id: number,
  version?: number,
): Promise<Omit<DocumentPart, 'next'>> {
  const texts: string[] = [];
  let facts: DocumentPart | null = null;
  for await (const part of partsOf(documents, id, version ?? (await newestOf(documents, id)), PART)) {
    facts ??= part;
    texts.push(part.content);
  }
  if (facts === null) throw noVersion(id, version);
  const { next: _, ...rest } = facts;
  return { ...rest, content: texts.join('') };
}

/** Prints a version; JSON with a line for each value. */
export async function show(session: Session, id: number, version: number | undefined): Promise<number> {
  const { documents } = (await session.open()).ensemble.stores;
  const shown = await readWhole(documents, id, version);
  session.emit({
    json: () => itemDocument(shown),
    text: () => stripControls(readableText(shown.content, shown.format)),
  });
  return EXIT.completed;
}

/** Lists the versions of a document, newest first. */
export async function versions(session: Session, id: number, limit: number): Promise<number> {
  const { documents } = (await session.open()).ensemble.stores;
  const { items, total } = await documents.versions(id, { limit });
  if (total === 0) throw noVersion(id);
  session.emit({
    json: () => listDocument(items, total),
    text: () =>
      table(
        items,
        [
          { title: 'Version', text: ({ version }) => String(version), align: 'right', paint: session.style.bold },
          { title: 'Made', text: ({ createdAt }) => localTime(createdAt) },
          { title: 'Size', text: ({ size }) => bytes(size), align: 'right' },
          { title: 'By', text: ({ author }) => oneLine(author) },
          { title: 'Why', text: ({ reason }) => oneLine(reason), flexible: true },
        ],
        session.tableColumns,
      ),
  });
  return EXIT.completed;
}

/** Prints what one version has changed over another. */
export async function diff(
  session: Session,
  id: number,
  from: number | undefined,
  to: number | undefined,
): Promise<number> {
  const { documents } = (await session.open()).ensemble.stores;
  const { items } = await documents.versions(id, { limit: 2 });
  const [newest, before] = items;
  if (!newest) throw noVersion(id);
  const last = to ?? newest.version;
  const first = from ?? (to === undefined ? before?.version : to - 1);
  if (first === undefined || first < 1) {
    throw new EnsembleError('invalid-input', `Document ${id} has nothing before version ${last} to compare with.`, {
      hint: `See: ensemble docs versions ${id}`,
    });
  }
  const [old, now] = [await readComparable(documents, id, first), await readComparable(documents, id, last)];
  const text = unifiedDiff(`document-${id}`, old, now);
  session.emit({
    json: () => itemDocument({ id, from: first, to: last, diff: text }),
    text: () =>
      text === ''
        ? `Versions ${first} and ${last} are the same.`
        : diffText(text, session.style, session.host.stdout.isTTY === true),
  });
  return EXIT.completed;
}

/** Writes documents to files that do not exist yet, or one to the file that is named. */
export async function exportDocuments(
  session: Session,
  ids: readonly number[],
  version: number | undefined,
  out: string | undefined,
): Promise<number> {
  const { documents } = (await session.open()).ensemble.stores;
  const { cwd } = session.host;
  const folder = out === undefined ? cwd : path.resolve(cwd, out);
  const intoFolder = out === undefined || statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!intoFolder && ids.length > 1) {
    throw new EnsembleError('usage', 'Several documents need a folder.', { hint: 'Name one that exists with --out.' });
  }
  const exported: { readonly id: number; readonly version: number; readonly file: string }[] = [];
  const found = [];
  for (const id of ids) found.push(await readWhole(documents, id, version));
  const names = documentFileNames(found);
  for (const [index, document] of found.entries()) {
    const name = intoFolder ? path.join(folder, names[index] ?? '') : folder;
    const file = await checkOutputFile(cwd, name);
    if (intoFolder && existsSync(file)) {
      throw new EnsembleError('invalid-input', `${names[index]} exists already.`, {
        hint: 'Name the file with --out.',
      });
    }
    await writeOutputFile(file, document.content);
    exported.push({ id: document.id, version: document.version, file });
  }
  const [only] = exported;
  session.emit({
    json: () => (exported.length === 1 ? itemDocument(only) : listDocument(exported)),
    text: () => exported.map(({ file }) => `Wrote ${oneLine(file)}.`),
  });
  return EXIT.completed;
}

async function readComparable(documents: DocumentStore, id: number, version: number): Promise<string> {
  const { size, content, format } = await readWhole(documents, id, version);
  if (size <= LARGEST_COMPARED) return readableText(content, format);
  throw new EnsembleError('invalid-input', `Version ${version} has ${bytes(size)}, too much to be compared here.`, {
    hint: `Write both to files: ensemble docs export ${id} --version-of ${version}`,
  });
}

async function newestOf(documents: DocumentStore, id: number): Promise<number> {
  const [newest] = (await documents.versions(id, { limit: 1 })).items;
  if (!newest) throw noVersion(id);
  return newest.version;
}
