import { EnsembleError, toErrorInfo } from '../errors.ts';
import { contentOf } from './built-in-changes.ts';
import type { PromptLibrary } from './library.ts';
import type { PromptDraft, VersionNote } from './prompt.ts';
import { normalised } from './prompt-rules.ts';

/** A prompt as it is imported. */
export type ImportedPrompt = Omit<PromptDraft, 'variables'>;

/** What was found in one place; one file of JSON may hold many prompts. */
export type FoundPrompt =
  | { readonly source: string; readonly prompt: ImportedPrompt }
  | { readonly source: string; readonly problem: string };

/**
 * What an import would do with one prompt. `new` and `changed` (a newer version of a name that is there) are saved;
 * `unchanged` is there already or came before, `duplicate` is another text of a name that came before, or has a name that differs
 * from one in letter case alone, `broken` cannot be used.
 */
export type ImportStatus = 'new' | 'changed' | 'unchanged' | 'duplicate' | 'broken';

/** One line of an import's report. */
export interface ImportEntry {
  /** The file, or where else it comes from. */
  readonly source: string;
  /** Null: broken before a name was found. */
  readonly name: string | null;
  readonly status: ImportStatus;
  /** Why it is left out; `''`: there is nothing to say. */
  readonly reason: string;
  /** What is saved; null: nothing. */
  readonly draft: PromptDraft | null;
}

/** What was imported, in terms in which it can be undone. */
export interface DoneImport {
  readonly saved: readonly { readonly name: string; readonly version: number; readonly before: PromptDraft | null }[];
}

/** Called between two prompts, so that thousands do not keep a process from everything else. Rejects to stop. */
export type Breather = (done: number, total: number) => Promise<void>;

/** Compares what was found with what is there. Changes nothing. */
export async function planImport(
  library: PromptLibrary,
  found: readonly FoundPrompt[],
  breathe: Breather,
): Promise<readonly ImportEntry[]> {
  const known = new Map((await library.list()).map((prompt) => [prompt.name, prompt]));
  const spellings = new Map([...known.keys()].map((name) => [folded(name), name]));
  const taken = new Map<string, { readonly source: string; readonly content: string }>();
  const entries: ImportEntry[] = [];
  for (const [index, one] of found.entries()) {
    await breathe(index, found.length);
    entries.push(entryOf(one));
  }
  return entries;

  function entryOf(one: FoundPrompt): ImportEntry {
    const { source } = one;
    if ('problem' in one) return { source, name: null, status: 'broken', reason: one.problem, draft: null };
    let draft: PromptDraft;
    try {
      draft = normalised(one.prompt);
    } catch (error) {
      return { source, name: one.prompt.name, status: 'broken', reason: toErrorInfo(error).message, draft: null };
    }
    const { name } = draft;
    const content = contentOf(draft);
    const leaveOut = (status: ImportStatus, reason: string): ImportEntry => {
      return { source, name, status, reason, draft: null };
    };
    const earlier = taken.get(name);
    if (earlier?.content === content) return leaveOut('unchanged', `the same as in ${earlier.source}`);
    if (earlier) return leaveOut('duplicate', `another text of this name is in ${earlier.source}`);
    const spelling = spellings.get(folded(name));
    if (spelling !== undefined && spelling !== name) {
      return leaveOut('duplicate', `"${spelling}" has the same name but for capital letters; rename one of them`);
    }
    taken.set(name, { source, content });
    spellings.set(folded(name), name);
    const there = known.get(name);
    if (there && contentOf(there) === content) return leaveOut('unchanged', '');
    return { source, name, status: there ? 'changed' : 'new', reason: '', draft };
  }
}

/** Saves what the entries say, all of it or nothing. */
export async function applyImport(
  library: PromptLibrary,
  entries: readonly ImportEntry[],
  note: VersionNote,
): Promise<DoneImport> {
  const drafts = entries.flatMap(({ draft }) => draft ?? []);
  if (drafts.length === 0) return { saved: [] };
  const before = new Map((await library.list()).map((prompt) => [prompt.name, prompt]));
  const versions = await library.applyAll({ save: drafts, remove: [] }, note);
  return {
    saved: drafts.map(({ name }, index) => {
      const was = before.get(name);
      return { name, version: versions[index] ?? 0, before: was && !was.builtIn ? was : null };
    }),
  };
}

/**
 * Takes an import back, all at once: new prompts go, changed ones are again what they were. What somebody has changed since
 * stays; resolves with the names of those.
 */
export async function undoImport(
  library: PromptLibrary,
  { saved }: DoneImport,
  note: VersionNote,
): Promise<readonly string[]> {
  const now = new Map((await library.index()).map(({ name, version }) => [name, version]));
  const untouched = saved.filter(({ name, version }) => now.get(name) === version);
  const save = untouched.flatMap(({ before }) => before ?? []);
  const remove = untouched.flatMap(({ name, before }) => (before ? [] : [name]));
  if (untouched.length > 0) await library.applyAll({ save, remove }, note);
  return saved.filter((one) => !untouched.includes(one)).map(({ name }) => name);
}

/** How many entries have which status. */
export function countByStatus(entries: readonly ImportEntry[]): Readonly<Record<ImportStatus, number>> {
  const counts = { new: 0, changed: 0, unchanged: 0, duplicate: 0, broken: 0 };
  for (const { status } of entries) counts[status]++;
  return counts;
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** The error for an import that finds nothing at all. */
export function nothingToImport(): EnsembleError {
  return new EnsembleError('invalid-input', 'There is no prompt to import.', {
    hint: 'A folder is searched for *.prompt.md and *.json files.',
  });
}
