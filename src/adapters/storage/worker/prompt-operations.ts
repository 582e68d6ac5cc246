import { EnsembleError } from '../../../core/errors.ts';
import { phrasesOf, snippetOf } from '../../../core/history/search-words.ts';
import { summaryOf } from '../../../core/prompts/library.ts';
import type {
  PromptChanges,
  PromptDraft,
  PromptHit,
  PromptRecord,
  PromptSummary,
  PromptVersion,
  VersionNote,
} from '../../../core/prompts/prompt.ts';
import { notFound } from '../journal-rules.ts';
import type { Row } from '../sqlite/connection.ts';
import { checksumOf } from './checksums.ts';
import { matchExpression } from './match-expression.ts';
import type { OperationContext } from './operation.ts';
import { integer, json, text, textOrNull } from './row.ts';

const IS_FAVOURITE = 'EXISTS (SELECT 1 FROM prompt_favourites AS f WHERE f.name = prompts.name) AS favourite';
const SUMMARY = `name, variables, description, category, tags, version, created_at, ${IS_FAVOURITE}`;

export function readPrompts({ database }: OperationContext): PromptRecord[] {
  return database.all(`SELECT *, ${IS_FAVOURITE} FROM prompts ORDER BY name`).map(promptOf);
}

export function readPromptIndex({ database }: OperationContext): PromptSummary[] {
  return database.all(`SELECT ${SUMMARY} FROM prompts ORDER BY name`).map(promptSummaryOf);
}

export function readPrompt({ database }: OperationContext, name: string): PromptRecord | null {
  const row = database.get(`SELECT *, ${IS_FAVOURITE} FROM prompts WHERE name = ?`, [name]);
  return row && promptOf(row);
}

export function searchPrompts({ database }: OperationContext, search: string, limit: number): PromptHit[] {
  const match = matchExpression(search);
  if (match === null || match === '') return [];
  const rows = database.all(
    `SELECT *, ${IS_FAVOURITE} FROM prompts
     WHERE id IN (SELECT docid FROM prompt_search WHERE prompt_search MATCH ?) ORDER BY name LIMIT ?`,
    [match, limit],
  );
  const phrases = phrasesOf(search);
  return rows.map(promptOf).map((prompt) => {
    return { prompt: summaryOf(prompt), snippet: snippetOf(phrases, [prompt.template]) };
  });
}

export function savePrompt({ database }: OperationContext, draft: PromptDraft, note: VersionNote): number {
  const { name, template, description, category } = draft;
  const at = new Date().toISOString();
  const last = database.get('SELECT coalesce(max(version), 0) AS version FROM prompt_versions WHERE name = ?', [name]);
  const version = integer(last ?? {}, 'version') + 1;
  const lists = [draft.variables, draft.tags, draft.parameters].map((list) => JSON.stringify(list));
  database.run(
    `INSERT INTO prompts (name, template, description, category, variables, tags, parameters, version, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET template = excluded.template, description = excluded.description,
      category = excluded.category, variables = excluded.variables, tags = excluded.tags, parameters = excluded.parameters,
      version = excluded.version, created_at = excluded.created_at`,
    [name, template, description, category, ...lists, version, at],
  );
  database.run(
    `INSERT INTO prompt_versions (name, template, description, category, variables, tags, parameters, version, author, reason,
      created_at, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ...[name, template, description, category, ...lists, version, note.author, note.reason, at],
      checksumOf([template, lists[0] ?? null, description]),
    ],
  );
  return version;
}

export function applyPromptChanges(
  context: OperationContext,
  { save, remove }: PromptChanges,
  note: VersionNote,
): number[] {
  for (const name of remove) context.database.run('DELETE FROM prompts WHERE name = ?', [name]);
  return save.map((draft) => savePrompt(context, draft, note));
}

export function renamePrompt({ database }: OperationContext, name: string, to: string): void {
  if (database.get('SELECT 1 FROM prompts WHERE name = ?', [to])) {
    throw new EnsembleError('invalid-input', `There is a prompt named "${to}" already.`, {
      hint: 'Choose another name.',
    });
  }
  // Versions of a deleted prompt of that name stay before the ones that come.
  const shift = database.get('SELECT coalesce(max(version), 0) AS shift FROM prompt_versions WHERE name = ?', [to]);
  const by = integer(shift ?? {}, 'shift');
  const renamed = database.all('UPDATE prompts SET name = ?, version = version + ? WHERE name = ? RETURNING id', [
    ...[to, by, name],
  ]);
  if (renamed.length === 0) throw notFound(`prompt "${name}"`);
  database.run('UPDATE prompt_versions SET name = ?, version = version + ? WHERE name = ?', [to, by, name]);
  database.run('UPDATE prompt_uses SET name = ?, version = version + ? WHERE name = ?', [to, by, name]);
  database.run('UPDATE OR REPLACE prompt_favourites SET name = ? WHERE name = ?', [to, name]);
}

export function deletePrompt({ database }: OperationContext, name: string): void {
  const deleted = database.all('DELETE FROM prompts WHERE name = ? RETURNING id', [name]);
  if (deleted.length === 0) throw notFound(`prompt "${name}"`);
}

export function readPromptVersions({ database }: OperationContext, name: string): PromptVersion[] {
  return database.all('SELECT * FROM prompt_versions WHERE name = ? ORDER BY version DESC', [name]).map((row) => ({
    ...draftOf(row),
    version: integer(row, 'version'),
    author: text(row, 'author'),
    reason: text(row, 'reason'),
    createdAt: text(row, 'created_at'),
  }));
}

export function describePromptVersion(
  { database }: OperationContext,
  name: string,
  version: number,
  reason: string,
): void {
  const sql = 'UPDATE prompt_versions SET reason = ? WHERE name = ? AND version = ? RETURNING id';
  if (database.all(sql, [reason, name, version]).length === 0) throw notFound(`version ${version} of "${name}"`);
}

export function setPromptFavourite({ database }: OperationContext, name: string, favourite: boolean): void {
  database.run(
    favourite
      ? 'INSERT OR IGNORE INTO prompt_favourites (name) VALUES (?)'
      : 'DELETE FROM prompt_favourites WHERE name = ?',
    [name],
  );
}

export function readPromptFavourites({ database }: OperationContext): string[] {
  return database.all('SELECT name FROM prompt_favourites ORDER BY name').map((row) => text(row, 'name'));
}

function draftOf(row: Row): PromptDraft {
  return {
    name: text(row, 'name'),
    template: text(row, 'template'),
    variables: json(row, 'variables'),
    description: textOrNull(row, 'description') ?? '',
    category: text(row, 'category'),
    tags: json(row, 'tags'),
    parameters: json(row, 'parameters'),
  };
}

function promptOf(row: Row): PromptRecord {
  return { ...promptSummaryOf(row), template: text(row, 'template'), parameters: json(row, 'parameters') };
}

function promptSummaryOf(row: Row): PromptSummary {
  return {
    name: text(row, 'name'),
    variables: json(row, 'variables'),
    description: textOrNull(row, 'description') ?? '',
    category: text(row, 'category'),
    tags: json(row, 'tags'),
    builtIn: false,
    favourite: integer(row, 'favourite') === 1,
    version: integer(row, 'version'),
    createdAt: text(row, 'created_at'),
  };
}
