import * as vscode from 'vscode';
import { MAX_TITLE } from '../../../core/documents/document.ts';
import { partsOf, recogniseFormat } from '../../../core/documents/document-rules.ts';
import { EnsembleError } from '../../../core/errors.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { parseElement } from './document-element.ts';
import { sizeText } from './document-items.ts';
import { placeOfDocument } from './document-uri.ts';
import type { DocumentGrouping } from './documents-tree.ts';

/** Bytes that the clipboard takes. */
const LARGEST_COPY = 5_000_000;

/** Known tags that a box names. */
const SHOWN_TAGS = 30;

/** A document, or a version of it. */
export interface DocumentPlace {
  readonly id: number;
  readonly version?: number;
}

/**
 * The documents that a command is about: those of the menu, those that are selected in the view, or the one in front. Rejects
 * `invalid-input` where there are none.
 */
export function placesOf(shell: Shell, argument: unknown, selected?: unknown): readonly DocumentPlace[] {
  const many = Array.isArray(selected) && selected.includes(argument) ? selected : [argument];
  const given = many.flatMap((one) => placeOf(one) ?? []);
  if (given.length > 0) return each(given);
  const inView = shell.documents.selection.flatMap((one) => placeOf(one) ?? []);
  const inFront = placeOf(vscode.window.activeTextEditor?.document.uri);
  const places = inFront ? [inFront] : inView;
  if (places.length > 0) return each(places);
  throw new EnsembleError('invalid-input', vscode.l10n.t('No document is selected.'), {
    hint: vscode.l10n.t('Select one in the Documents view first.'),
  });
}

function placeOf(argument: unknown): DocumentPlace | null {
  if (argument instanceof vscode.Uri) return placeOfDocument(argument);
  const element = parseElement(argument);
  if (element) return element.type === 'document' ? { id: element.id } : null;
  const place = argument as DocumentPlace | null | undefined;
  return typeof place === 'object' && typeof place?.id === 'number' ? place : null;
}

/** A document stands once, though it may be selected in several groups. */
function each(places: readonly DocumentPlace[]): readonly DocumentPlace[] {
  return places.filter(({ id, version }, index) => {
    return places.findIndex((one) => one.id === id && one.version === version) === index;
  });
}

/** Asks which tags the documents shall have; of several, those that all have are changed. */
export async function tagDocuments(shell: Shell, places: readonly DocumentPlace[]): Promise<void> {
  const store = await shell.documentFiles.store();
  const facts = await Promise.all(places.map(({ id }) => shell.documentFiles.facts(id)));
  const known = (await store.groups('tag', {})).map(({ key }) => key).filter((key) => key !== '');
  const onAll = (facts[0]?.tags ?? []).filter((tag) => facts.every(({ tags }) => tags.includes(tag)));
  const written = await vscode.window.showInputBox({
    title: facts.length === 1 ? vscode.l10n.t('Tags') : vscode.l10n.t('Tags of {0} Documents', facts.length),
    value: onAll.join(', '),
    placeHolder: vscode.l10n.t('Tags, with commas between them'),
    prompt: known.length === 0 ? '' : vscode.l10n.t('There are: {0}', known.slice(0, SHOWN_TAGS).join(', ')),
  });
  if (written === undefined) return;
  const wanted = written.split(',').map((tag) => tag.trim());
  const gone = onAll.filter((tag) => !wanted.includes(tag));
  for (const { id, tags } of facts) {
    await store.change(id, { tags: [...tags, ...wanted].filter((tag) => !gone.includes(tag)) });
  }
  shell.documentsChanged();
}

/** Asks for another title. */
export async function renameDocument(shell: Shell, { id }: DocumentPlace): Promise<void> {
  const { title } = await shell.documentFiles.facts(id);
  const wanted = await vscode.window.showInputBox({
    prompt: vscode.l10n.t('The new title'),
    value: title,
    validateInput: (value) => {
      if (value.trim() === '') return vscode.l10n.t('The title is empty.');
      return [...value].length > MAX_TITLE ? vscode.l10n.t('At most {0} characters.', MAX_TITLE) : undefined;
    },
  });
  if (wanted === undefined || wanted === title) return;
  await (await shell.documentFiles.store()).change(id, { title: wanted });
  shell.documentsChanged();
}

/** Takes documents out of sight; the message has a button that brings them back. */
export async function deleteDocuments(shell: Shell, places: readonly DocumentPlace[]): Promise<void> {
  const store = await shell.documentFiles.store();
  const [first] = places;
  const title = first ? (await shell.documentFiles.facts(first.id)).title : '';
  const deleted = await store.delete(places.map(({ id }) => id));
  shell.documentsChanged();
  const text =
    deleted.length === 1
      ? vscode.l10n.t('"{0}" was deleted.', title)
      : vscode.l10n.t('{0} documents were deleted.', deleted.length);
  const undo = async () => {
    await store.undelete(deleted);
    shell.documentsChanged();
  };
  const run = () => undo().catch((error: unknown) => shell.report(error));
  notify({ level: 'info', text, buttons: [{ label: vscode.l10n.t('Undo'), run }] });
}

/** Copies the text as Markdown: what is none stands in a code block. */
export async function copyDocument(shell: Shell, { id, version }: DocumentPlace): Promise<void> {
  const { format, size, ...facts } = await shell.documentFiles.facts(id, version);
  if (size > LARGEST_COPY) {
    throw new EnsembleError('invalid-input', vscode.l10n.t('{0} are too much for the clipboard.', sizeText(size)), {
      hint: vscode.l10n.t('Export the document to a file instead.'),
    });
  }
  const texts: string[] = [];
  for await (const part of partsOf(await shell.documentFiles.store(), id, facts.version, LARGEST_COPY))
    texts.push(part.content);
  const text = texts.join('');
  const language = format === 'json' ? 'json' : facts.kind === 'patch' ? 'diff' : 'text';
  await vscode.env.clipboard.writeText(format === 'markdown' ? text : fenced(text, language));
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) The document is on the clipboard.'), 3000);
}

/** A code block whose fence is longer than any in the text. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}\n`;
}

/** Keeps the text in front: as a document with a title that is asked for, or as a new version of the one with that title. */
export async function saveDocument(shell: Shell): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    throw new EnsembleError('invalid-input', vscode.l10n.t('No text is open.'), {
      hint: vscode.l10n.t('Open one, and run the command again.'),
    });
  }
  const { document, selection } = editor;
  const content = selection.isEmpty ? document.getText() : document.getText(selection);
  const place = placeOfDocument(document.uri);
  const name = document.uri.path.split('/').at(-1) ?? '';
  const value = place ? (await shell.documentFiles.facts(place.id)).title : name;
  const title = await vscode.window.showInputBox({
    title: vscode.l10n.t('Save to Documents'),
    prompt: vscode.l10n.t('Title. A document that has it already gets a new version.'),
    value,
  });
  if (!title?.trim()) return;
  const format = document.languageId === 'markdown' ? 'markdown' : recogniseFormat(content, name);
  const note = shell.documentFiles.note(vscode.l10n.t('saved'));
  const workspace = shell.workspace.root;
  const store = await shell.documentFiles.store();
  const id = await store.save({ taskId: '', title, content, format, workspace, note });
  shell.documentsChanged();
  const { version } = await shell.documentFiles.facts(id);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Saved as version {0} of "{1}".', version, title), 5000);
}

/** Asks by what the view shall be grouped. */
export async function groupDocuments(shell: Shell): Promise<void> {
  const choices: readonly { readonly label: string; readonly value: DocumentGrouping }[] = [
    { label: vscode.l10n.t('$(calendar) By Day'), value: 'day' },
    { label: vscode.l10n.t('$(folder) By Kind'), value: 'kind' },
    { label: vscode.l10n.t('$(tag) By Tag'), value: 'tag' },
    { label: vscode.l10n.t('$(root-folder) By Workspace'), value: 'workspace' },
  ];
  const { grouping } = shell.documents;
  const items = choices.map((one) => ({ ...one, description: one.value === grouping ? vscode.l10n.t('now') : '' }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('How shall the documents be grouped?'),
  });
  if (picked) await shell.documents.groupBy(picked.value);
}
