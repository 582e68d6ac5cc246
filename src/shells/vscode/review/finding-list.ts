import type { Finding } from '../../../core/results.ts';
import { type Place, placeOfFinding } from '../results/place-of-finding.ts';

/** Names one finding of one run. */
export interface FindingRef {
  readonly runId: string;
  readonly id: string;
}

/** A finding that the window shows, in the document that it is about. */
export interface ListedFinding extends FindingRef {
  /** Address of the document. */
  readonly uri: string;
  readonly finding: Finding;
  /** Where its code stands; null: the code has changed, it is nowhere at present. */
  readonly place: Place | null;
}

/** A part of a document. Lines 1-based inclusive; null: all of it. */
export interface ListedPart {
  readonly uri: string;
  readonly lines: { readonly first: number; readonly last: number } | null;
}

/** One edit of a document: lines 0-based, as the editor reports it. */
export interface LineShift {
  readonly start: number;
  readonly end: number;
  readonly newLines: number;
}

type Entry = { -readonly [Key in keyof ListedFinding]: ListedFinding[Key] } & {
  /** 0-based line where it is looked for first, kept up while lines before it come and go. */
  line: number;
};

/** The findings that a window shows: which, and where their code stands while it is edited. Knows no editor. */
export class FindingList {
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** Addresses of the documents that have findings. */
  uris(): string[] {
    return [...new Set(this.#entries.map(({ uri }) => uri))];
  }

  /** By document, then from the top down. */
  all(): readonly ListedFinding[] {
    return this.#entries.toSorted((a, b) => compareText(a.uri, b.uri) || a.line - b.line);
  }

  of(uri: string): readonly ListedFinding[] {
    return this.all().filter((entry) => entry.uri === uri);
  }

  find({ runId, id }: FindingRef): ListedFinding | null {
    return this.#entries.find((entry) => entry.runId === runId && entry.id === id) ?? null;
  }

  /** Adds a finding where its code stands in `text`; null text: where the review saw it. */
  add(runId: string, uri: string, finding: Finding, text: string | null): void {
    this.remove({ runId, id: finding.id });
    const place = text === null ? seenPlace(finding) : placeOfFinding(finding, text);
    this.#entries.push({
      runId,
      id: finding.id,
      uri,
      finding,
      place,
      line: place?.start.line ?? finding.startLine - 1,
    });
  }

  remove(ref: FindingRef): void {
    this.#keep((entry) => entry.runId !== ref.runId || entry.id !== ref.id);
  }

  /** Removes what lies in a part of a document. */
  clear({ uri, lines }: ListedPart): void {
    this.#keep((entry) => {
      if (entry.uri !== uri) return true;
      if (!lines) return false;
      const { first, last } = linesOf(entry);
      return last < lines.first || first > lines.last;
    });
  }

  /** Follows a document that was renamed or moved. */
  rename(from: string, to: string): void {
    for (const entry of this.#entries) if (entry.uri === from) entry.uri = to;
  }

  /** Takes edits of a document in, in any order; {@link settle} then finds the exact places. */
  shift(uri: string, edits: readonly LineShift[]): void {
    // From the bottom up, so that no edit moves the lines of the next.
    for (const { start, end, newLines } of edits.toSorted((a, b) => b.start - a.start)) {
      for (const entry of this.#entries) {
        if (entry.uri === uri && entry.line > start)
          entry.line = Math.max(start, entry.line + newLines - (end - start));
      }
    }
  }

  /** Looks all findings of a document up in its text as it is now. True: something stands elsewhere, has gone or is back. */
  settle(uri: string, text: string): boolean {
    let changed = false;
    for (const entry of this.#entries) {
      if (entry.uri !== uri) continue;
      const place = placeOfFinding({ ...entry.finding, startLine: entry.line + 1 }, text);
      changed ||= JSON.stringify(place) !== JSON.stringify(entry.place);
      entry.place = place;
      if (place) entry.line = place.start.line;
    }
    return changed;
  }

  /** The finding after (or before) a position, over all documents and round again; null: there is none. */
  neighbour(from: { readonly uri: string; readonly line: number } | null, step: 1 | -1): ListedFinding | null {
    const placed = this.all().filter(({ place }) => place !== null);
    const order = step === 1 ? placed : placed.toReversed();
    const beyond = (entry: ListedFinding) => {
      if (!from) return true;
      const byUri = compareText(entry.uri, from.uri);
      return step * (byUri === 0 ? (entry.place?.start.line ?? 0) - from.line : byUri) > 0;
    };
    return order.find(beyond) ?? order[0] ?? null;
  }

  #keep(keeps: (entry: Entry) => boolean): void {
    const kept = this.#entries.filter(keeps);
    this.#entries.splice(0, this.#entries.length, ...kept);
  }
}

function linesOf(entry: Entry): { readonly first: number; readonly last: number } {
  const height = entry.place
    ? entry.place.end.line - entry.place.start.line
    : entry.finding.endLine - entry.finding.startLine;
  return { first: entry.line + 1, last: entry.line + 1 + height };
}

function seenPlace({ startLine, endLine }: Finding): Place {
  return {
    start: { line: startLine - 1, character: 0 },
    end: { line: endLine - 1, character: Number.MAX_SAFE_INTEGER },
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
