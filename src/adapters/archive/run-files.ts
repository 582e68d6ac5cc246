import type { ArchiveSource, ReadRow, Row } from './archive-source.ts';
import { conversationSection } from './conversation-page.ts';
import { linkedLine, tableHead } from './markdown.ts';
import { dayOf, monthOf } from './names.ts';
import type { PartsWriter, Piece } from './parts.ts';
import { runAnchor, runCost, runSection, runTitle } from './run-page.ts';

/** The runs of a month in an archive. */
export interface RunMonth {
  readonly month: string;
  /** The file that lists them. */
  readonly index: string;
  runs: number;
  files: number;
}

interface RunPiece extends Piece {
  readonly run: Row;
  /** True for the section of the run itself, false for one of its calls. */
  readonly isRun: boolean;
}

/** Writes runs with their calls into one file per day, and for each month a list of its runs with links. */
export class RunFiles {
  readonly #parts: PartsWriter;
  readonly #source: ArchiveSource;
  readonly #onRow: () => void;
  readonly #months: RunMonth[] = [];
  /** The list of the month that is being written. */
  #lines: string[] = [];

  /** `onRow` is called for each run and each call. */
  constructor(parts: PartsWriter, source: ArchiveSource, onRow: () => void) {
    this.#parts = parts;
    this.#source = source;
    this.#onRow = onRow;
  }

  /** Resolves with what was written, the oldest month first. */
  async write(): Promise<readonly RunMonth[]> {
    await this.#parts.add(this.#pieces(), {
      head: ({ run, isRun }, isRest) => {
        const title = `# ${dayOf(run.created_at)}\n\n`;
        return isRest && !isRun ? `${title}_More of the run ${runTitle(run)}._\n\n` : title;
      },
      onPiece: (piece, file) => this.#list(piece, file),
      afterFile: async (next) => {
        const month = this.#months.at(-1);
        if (month === undefined) return;
        month.files++;
        if (next === null || monthOf(next.run.created_at) !== month.month) await this.#endMonth(month);
      },
    });
    return this.#months;
  }

  *#pieces(): Generator<RunPiece> {
    for (const run of this.#source.runs()) {
      const runId = String(run.run_id);
      const path = `${folderOf(monthOf(run.created_at))}/${dayOf(run.created_at)}`;
      const section = runSection(run, this.#source.tasks(runId), this.#source.findings(runId));
      yield { path, text: section, run, isRun: true };
      this.#onRow();
      for (const read of this.#source.conversationsOf(runId)) {
        yield { path, text: conversationSection(read, 3), run, isRun: false };
        this.#onRow();
      }
    }
  }

  #list({ run, isRun }: RunPiece, file: string): void {
    if (!isRun) return;
    const name = monthOf(run.created_at);
    let month = this.#months.at(-1);
    if (month?.month !== name) {
      month = { month: name, index: `${folderOf(name)}/index.md`, runs: 0, files: 0 };
      this.#months.push(month);
    }
    month.runs++;
    const link = `${file.slice(folderOf(name).length + 1)}#${runAnchor(run)}`;
    const cells = [run.created_at, run.kind, run.status, runCost(run)];
    this.#lines.push(linkedLine(runTitle(run), link, cells));
  }

  async #endMonth({ month, index }: RunMonth): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    const head = `# Runs of ${month}\n\n${tableHead(['Run', 'Began', 'Kind', 'Status', 'Cost'])}`;
    const pieces = lines.map((text) => ({ path: index.slice(0, -'.md'.length), text }));
    await this.#parts.add(pieces.values(), { head: () => head });
  }
}

/** Writes calls that belong to no run into one file per day. Returns the number of files. */
export function addStrayConversations(
  parts: PartsWriter,
  conversations: Iterable<ReadRow>,
  onRow: () => void,
): Promise<number> {
  const pieces = function* () {
    for (const read of conversations) {
      const { created_at: at } = read.row;
      yield { path: `conversations/${monthOf(at)}/${dayOf(at)}`, text: conversationSection(read, 2), day: dayOf(at) };
      onRow();
    }
  };
  return parts.add(pieces(), { head: ({ day }) => `# ${day}\n\n` });
}

function folderOf(month: string): string {
  return `runs/${month}`;
}
