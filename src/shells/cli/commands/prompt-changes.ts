import { promptFiles } from '../../../compose.ts';
import { EnsembleError } from '../../../core/errors.ts';
import type { PromptVersion } from '../../../core/prompts/prompt.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { localTime } from '../format.ts';
import { table } from '../layout.ts';
import { author } from '../prompt-author.ts';
import { givenText, parsePrompt } from '../prompt-text.ts';
import { oneLine, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';

/** What `prompt save` takes. */
export interface SaveFlags {
  readonly content?: string;
  readonly file?: string;
  readonly description?: string;
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly reason?: string;
}

/** Saves a prompt, or a new version of it; what is not given stays as it was. */
export async function save(session: Session, name: string, flags: SaveFlags): Promise<number> {
  const { ensemble } = await session.open();
  const { name: _, ...written } = await parsePrompt(await givenText(session.host, flags));
  const before = await ensemble.prompts.get(name).catch(() => null);
  const draft = {
    name,
    template: written.template,
    description: flags.description ?? (written.description || (before?.description ?? '')),
    category: flags.category ?? (written.category || (before?.category ?? '')),
    tags: flags.tags ?? (written.tags.length > 0 ? written.tags : (before?.tags ?? [])),
    parameters: written.parameters.length > 0 ? written.parameters : (before?.parameters ?? []),
  };
  const version = await ensemble.prompts.save(draft, author(flags.reason ?? 'saved'));
  const saved = await ensemble.prompts.get(draft.name.trim());
  session.emit({ json: () => itemDocument(saved), text: () => `Saved ${oneLine(saved.name)} as version ${version}.` });
  return EXIT.completed;
}

/** Lists the versions of a prompt, also of a deleted one. */
export async function versions(session: Session, name: string): Promise<number> {
  const { ensemble } = await session.open();
  const found = await ensemble.prompts.versions(name);
  if (found.length === 0) await ensemble.prompts.get(name);
  const usage = new Map((await ensemble.prompts.usage(name)).map((one) => [one.version, one]));
  const all = found.map((one) => {
    const { used = 0, accepted = 0, dismissed = 0, lastUsed = null } = usage.get(one.version) ?? {};
    return { ...one, used, accepted, dismissed, lastUsed };
  });
  session.emit({
    json: () => listDocument(all),
    text: () =>
      table(
        all,
        [
          { title: 'Version', text: ({ version }) => String(version), align: 'right', paint: session.style.bold },
          { title: 'Made', text: ({ createdAt }) => localTime(createdAt) },
          { title: 'By', text: ({ author }) => oneLine(author) },
          { title: 'Used', text: ({ used }) => String(used), align: 'right' },
          { title: 'Accepted', text: ({ accepted }) => String(accepted), align: 'right' },
          { title: 'Dismissed', text: ({ dismissed }) => String(dismissed), align: 'right' },
          { title: 'Why', text: ({ reason }) => oneLine(reason), flexible: true },
        ],
        session.tableColumns,
      ),
  });
  return EXIT.completed;
}

/** Compares two versions; by default the newest with the one before it. */
export async function diff(session: Session, name: string, from?: number, to?: number): Promise<number> {
  const { ensemble } = await session.open();
  const all = await ensemble.prompts.versions(name);
  const [newest, previous] = all;
  if (!newest) await ensemble.prompts.get(name);
  const old = from ?? previous?.version;
  if (!newest || old === undefined) {
    throw new EnsembleError('invalid-input', `"${name}" has only one version.`, {
      hint: 'There is nothing to compare.',
    });
  }
  const before = await ensemble.prompts.version(name, old);
  const after = to === undefined ? newest : await ensemble.prompts.version(name, to);
  const { createTwoFilesPatch } = await import('diff');
  const { formatPromptFile } = await promptFiles();
  const title = (one: PromptVersion) => `${name} version ${one.version}`;
  const patch = createTwoFilesPatch(
    title(before),
    title(after),
    formatPromptFile(before, false),
    formatPromptFile(after, false),
  );
  session.emit({
    json: () => itemDocument({ name, from: before.version, to: after.version, diff: patch }),
    text: () => stripControls(patch),
  });
  return EXIT.completed;
}

/** Finds prompts by words of name, tags and text. */
export async function search(session: Session, words: string, limit: number): Promise<number> {
  const { ensemble } = await session.open();
  const hits = await ensemble.prompts.search(words, limit);
  session.emit({
    json: () => listDocument(hits),
    text: () =>
      hits.length === 0
        ? 'No prompt has these words.'
        : table(
            hits,
            [
              { title: 'Name', text: ({ prompt }) => oneLine(prompt.name), paint: session.style.bold },
              { title: 'Category', text: ({ prompt }) => oneLine(prompt.category) },
              {
                title: 'Where',
                text: ({ prompt, snippet }) => oneLine(snippet?.text ?? prompt.description),
                flexible: true,
              },
            ],
            session.tableColumns,
          ),
  });
  return EXIT.completed;
}

/** Adds and removes tags; prints what they are now. */
export async function tag(
  session: Session,
  name: string,
  added: readonly string[],
  removed: readonly string[],
): Promise<number> {
  const { ensemble } = await session.open();
  const { prompts } = ensemble;
  const before = await prompts.get(name);
  const tags = [...before.tags, ...added].filter((one) => !removed.includes(one));
  const changes = added.length > 0 || removed.length > 0;
  if (changes) await prompts.change(name, { tags }, author('tags'));
  const prompt = changes ? await prompts.get(name) : before;
  session.emit({
    json: () => itemDocument(prompt),
    text: () => `Tags of ${oneLine(name)}: ${oneLine(prompt.tags.join(', ')) || 'none'}`,
  });
  return EXIT.completed;
}

/** Deletes a prompt of the user's; of a built-in one the user's version. */
export async function remove(session: Session, name: string): Promise<number> {
  const { ensemble } = await session.open();
  await ensemble.prompts.delete(name);
  const isReset = ensemble.prompts.isBuiltIn(name);
  session.emit({
    json: () => itemDocument({ name, deleted: true, builtInAgain: isReset }),
    text: () => `${isReset ? 'Back to the built-in prompt' : 'Deleted'}: ${oneLine(name)}.`,
  });
  session.aside(`Undo: ensemble prompt restore ${JSON.stringify(name)}`);
  return EXIT.completed;
}

/** Makes an earlier version the newest one; without a number it undoes a deletion. */
export async function restore(session: Session, name: string, version: number | null): Promise<number> {
  const { ensemble } = await session.open();
  const number = await ensemble.prompts.restore(
    name,
    version,
    author(version === null ? 'brought back' : `version ${version}`),
  );
  const prompt = await ensemble.prompts.get(name);
  session.emit({ json: () => itemDocument(prompt), text: () => `Restored ${oneLine(name)} as version ${number}.` });
  return EXIT.completed;
}
