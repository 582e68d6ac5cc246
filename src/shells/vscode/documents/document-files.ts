import * as vscode from 'vscode';
import type { DocumentNote, DocumentPart, DocumentStore } from '../../../core/documents/document.ts';
import { PART_BYTES } from '../../../core/documents/document.ts';
import { noVersion, readableText } from '../../../core/documents/document-rules.ts';
import type { ComposedText } from '../host/composed-files.ts';
import type { Session } from '../host/session.ts';
import { userName } from '../host/user-name.ts';
import { sizeText } from './document-items.ts';
import { documentUri, placeOfDocument } from './document-uri.ts';

/** Stored documents as read-only files, read from the database whenever one is read; of a large one its first part. */
export class DocumentFiles {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** What a document says now. */
  async compose(uri: vscode.Uri): Promise<ComposedText> {
    const place = placeOfDocument(uri);
    const part = place && (await (await this.store()).read(place.id, { version: place.version, bytes: PART_BYTES }));
    if (!part) throw vscode.FileSystemError.FileNotFound(uri);
    const { content, format, next, size, createdAt } = part;
    if (next === null) return { text: readableText(content, format), createdAt };
    const notice = vscode.l10n.t(
      'This is the first {0} of {1}. "Export..." above writes all of it to a file.',
      sizeText(next),
      sizeText(size),
    );
    return { text: `[${notice}]\n\n${content}`, createdAt };
  }

  /** Opens a version; default: the newest. */
  async open(id: number, version?: number): Promise<void> {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(await this.uriOf(id, version)), {
      preview: true,
    });
  }

  /** Address of a version; default: the newest. Rejects `not-found`. */
  async uriOf(id: number, version?: number): Promise<vscode.Uri> {
    return documentUri(await this.facts(id, version));
  }

  /** What is known of a version, without its text. Rejects `not-found`. */
  async facts(id: number, version?: number): Promise<DocumentPart> {
    const part = await (await this.store()).read(id, { bytes: 1, ...(version === undefined ? {} : { version }) });
    if (!part) throw noVersion(id, version);
    return part;
  }

  async store(): Promise<DocumentStore> {
    return (await this.#session.open()).stores.documents;
  }

  /** Who makes a version here. */
  note(reason: string): DocumentNote {
    return { author: userName(), reason };
  }
}
