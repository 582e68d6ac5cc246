import type { Shell } from '../shell.ts';
import { parseElement } from './prompts-model.ts';

/**
 * Names of the prompts that the rows of the view stand for, groups with all that is in them: of all selected rows where the menu was
 * opened on one of them. Null: no row was named.
 */
export async function namesOf(shell: Shell, argument: unknown, selected: unknown): Promise<readonly string[] | null> {
  if (!parseElement(argument)) return null;
  const model = await shell.promptsTree.loaded();
  const rows: unknown[] = Array.isArray(selected) && selected.includes(argument) ? selected : [argument];
  const names = rows.flatMap((row) => {
    const element = parseElement(row);
    if (element?.type === 'prompt') return [element.name];
    return element?.type === 'group' ? (model.group(element.group)?.prompts.map(({ name }) => name) ?? []) : [];
  });
  return [...new Set(names)];
}
