import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type DocumentFormat, type DocumentStore, MAX_DOCUMENT_BYTES } from '../../../core/documents/document.ts';
import { noVersion, recogniseFormat } from '../../../core/documents/document-rules.ts';
import { EnsembleError } from '../../../core/errors.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes } from '../format.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';

/** What `docs save` takes. */
export interface SaveFlags {
  readonly title?: string;
  readonly tags: readonly string[];
  readonly format?: DocumentFormat;
  readonly document?: number;
  readonly reason?: string;
}

/** Keeps a file: as a document, as a new version of the one with its title, or of the one that is named. */
export async function save(session: Session, file: string, flags: SaveFlags): Promise<number> {
  const { ensemble, workspace } = await session.open();
  const { documents } = ensemble.stores;
  const content = await read(session, file);
  const name = file === '-' ? '' : path.basename(file);
  const format = flags.format ?? recogniseFormat(content, name);
  const note = noteOf(flags.reason ?? 'saved');
  const id = await keep();
  const { content: _, next: __, ...saved } = (await documents.read(id, { bytes: 1 })) ?? missing(id);
  session.emit({
    json: () => itemDocument(saved),
    text: () => `Saved "${oneLine(saved.title)}" as document ${id}, version ${saved.version}.`,
  });
  return EXIT.completed;

  async function keep(): Promise<number> {
    const { document, title = name, tags } = flags;
    if (document === undefined) {
      if (title.trim() === '')
        throw new EnsembleError('usage', 'Standard input needs a title.', { hint: 'Add --title.' });
      return documents.save({ taskId: '', title, content, format, tags, workspace: workspace.root, note });
    }
    await documents.addVersion(document, { content, format, note });
    if (flags.title !== undefined) await documents.change(document, { title: flags.title });
    if (tags.length > 0) await documents.change(document, { tags: [...(await tagsOf(documents, document)), ...tags] });
    return document;
  }
}

/** Adds and removes tags; prints what they are now. */
export async function tag(session: Session, id: number, changes: readonly string[]): Promise<number> {
  const { documents } = (await session.open()).ensemble.stores;
  const words = changes.map((change) => ({ word: change.replace(/^[+-]/, ''), removes: change.startsWith('-') }));
  const gone = new Set(words.filter(({ removes }) => removes).map(({ word }) => word));
  const added = words.filter(({ removes }) => !removes).map(({ word }) => word);
  const before = await tagsOf(documents, id);
  if (words.length > 0) await documents.change(id, { tags: [...before, ...added].filter((one) => !gone.has(one)) });
  const tags = await tagsOf(documents, id);
  session.emit({
    json: () => itemDocument({ id, tags }),
    text: () => `Tags of document ${id}: ${oneLine(tags.join(', ')) || 'none'}`,
  });
  return EXIT.completed;
}

/** Gives a document another title. */
export async function rename(session: Session, id: number, title: string): Promise<number> {
  const { documents } = (await session.open()).ensemble.stores;
  if (title.trim() === '') throw new EnsembleError('usage', 'The title is empty.', { hint: 'Give it a title.' });
  await documents.change(id, { title });
  const part = await documents.read(id, { bytes: 1 });
  session.emit({
    json: () => itemDocument({ id, title: part?.title ?? title }),
    text: () => `Document ${id} is "${oneLine(part?.title ?? title)}".`,
  });
  return EXIT.completed;
}

/** Makes an earlier version the newest one. */
export async function restore(session: Session, id: number, version: number): Promise<number> {
  const { documents } = (await session.open()).ensemble.stores;
  const number = await documents.restore(id, version, noteOf(`version ${version} restored`));
  session.emit({
    json: () => itemDocument({ id, version: number, restored: version }),
    text: () => `Version ${version} of document ${id} is its version ${number} now.`,
  });
  return EXIT.completed;
}

async function remove(session: Session, ids: readonly number[]): Promise<number> {
  const { documents } = (await session.open()).ensemble.stores;
  const deleted = await documents.delete(ids);
  const [unknown] = ids.filter((id) => !deleted.includes(id));
  if (deleted.length === 0 && unknown !== undefined) throw noVersion(unknown);
  session.emit({
    json: () => listDocument(deleted.map((id) => ({ id, deleted: true }))),
    text: () => `Deleted: ${deleted.join(', ')}.`,
  });
  session.aside(`Undo within 30 days: ensemble docs undelete ${deleted.join(' ')}`);
  return EXIT.completed;
}

/** Brings deleted documents back. */
export async function undelete(session: Session, ids: readonly number[]): Promise<number> {
  const { documents } = (await session.open()).ensemble.stores;
  const back = await documents.undelete(ids);
  if (back.length === 0) {
    throw new EnsembleError('not-found', `There is no deleted document ${ids.join(', ')}.`, {
      hint: 'Deleted ones are kept for 30 days.',
    });
  }
  session.emit({
    json: () => listDocument(back.map((id) => ({ id, deleted: false }))),
    text: () => `Back: ${back.join(', ')}.`,
  });
  return EXIT.completed;
}

// `delete` is a word of the language.
export { remove as delete };

async function read(session: Session, file: string): Promise<string> {
  const content = file === '-' ? await text(session.host.stdin) : await readText(path.resolve(session.host.cwd, file));
  if (!content.includes('\u0000')) return content;
  throw new EnsembleError('invalid-input', `${file} is no text.`, { hint: 'Documents are Markdown, text or JSON.' });
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= MAX_DOCUMENT_BYTES) return await readFile(file, 'utf8');
    throw new EnsembleError(
      'invalid-input',
      `${file} has ${bytes(size)}; up to ${bytes(MAX_DOCUMENT_BYTES)} are kept.`,
      {
        hint: 'Divide it.',
      },
    );
  } catch (error) {
    if (error instanceof EnsembleError) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new EnsembleError('invalid-input', `${file} could not be read (${reason}).`, {
      hint: 'Name a file that you may read.',
      cause: error,
    });
  }
}

async function tagsOf(documents: DocumentStore, id: number): Promise<readonly string[]> {
  return ((await documents.read(id, { bytes: 1 })) ?? missing(id)).tags;
}

function missing(id: number): never {
  throw noVersion(id);
}

function noteOf(reason: string) {
  return { author: os.userInfo().username, reason };
}
