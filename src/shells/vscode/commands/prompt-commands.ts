import type { CommandTable } from './command-table.ts';

const edits = () => import('../prompts/edit-prompts.ts');
const uses = () => import('../prompts/use-prompts.ts');
const searches = () => import('../prompts/search-prompts.ts');

/** The Prompt Library. */
export const PROMPT_COMMANDS: CommandTable = {
  'ensemble.createPrompt': async (shell, element) => (await edits()).create(shell, element),
  'ensemble.editPrompt': async (shell, element) => (await edits()).edit(shell, element),
  'ensemble.duplicatePrompt': async (shell, element) => (await edits()).duplicate(shell, element),
  'ensemble.renamePrompt': async (shell, element) => (await edits()).rename(shell, element),
  'ensemble.movePrompt': async (shell, element) => (await edits()).move(shell, element),
  'ensemble.deletePrompt': async (shell, element) => (await edits()).remove(shell, element),
  'ensemble.resetPrompt': async (shell, element) => (await edits()).remove(shell, element),
  'ensemble.showPromptVersions': async (shell, element) =>
    (await import('../prompts/prompt-versions.ts')).showVersions(shell, element),
  'ensemble.addPromptFavorite': async (shell, element) => (await edits()).setFavourite(shell, element, true),
  'ensemble.removePromptFavorite': async (shell, element) => (await edits()).setFavourite(shell, element, false),
  'ensemble.runPrompt': async (shell, element) => (await uses()).run(shell, element),
  'ensemble.insertPrompt': async (shell, element) => (await uses()).insert(shell, element),
  'ensemble.copyPrompt': async (shell, element) => (await uses()).copy(shell, element),
  'ensemble.searchPrompts': async (shell) => (await searches()).search(shell),
  'ensemble.filterPrompts': async (shell) => (await searches()).filter(shell),
  'ensemble.clearPromptFilter': async (shell) => shell.promptsTree.filterBy(''),
  'ensemble.groupPrompts': async (shell) => (await searches()).group(shell),
  'ensemble.morePrompts': async (shell, element) => shell.promptsTree.more(element),
  'ensemble.refreshPrompts': async (shell) => shell.prompts.refresh(),
};
