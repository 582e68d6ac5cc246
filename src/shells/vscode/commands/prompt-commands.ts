import type { CommandTable } from './command-table.ts';

/** The Prompt Library. */
export const PROMPT_COMMANDS: CommandTable = {
  'ensemble.createPrompt': async (shell, element) =>
    (await import('../prompts/edit-prompts.ts')).create(shell, element),
  'ensemble.editPrompt': async (shell, element) => (await import('../prompts/edit-prompts.ts')).edit(shell, element),
  'ensemble.duplicatePrompt': async (shell, element) =>
    (await import('../prompts/edit-prompts.ts')).duplicate(shell, element),
  'ensemble.renamePrompt': async (shell, element) =>
    (await import('../prompts/edit-prompts.ts')).rename(shell, element),
  'ensemble.movePrompt': async (shell, element) => (await import('../prompts/edit-prompts.ts')).move(shell, element),
  'ensemble.deletePrompt': async (shell, element) =>
    (await import('../prompts/edit-prompts.ts')).remove(shell, element),
  'ensemble.resetPrompt': async (shell, element) => (await import('../prompts/edit-prompts.ts')).remove(shell, element),
  'ensemble.showPromptVersions': async (shell, element) =>
    (await import('../prompts/prompt-versions.ts')).showVersions(shell, element),
  'ensemble.addPromptFavorite': async (shell, element) =>
    (await import('../prompts/edit-prompts.ts')).setFavourite(shell, element, true),
  'ensemble.removePromptFavorite': async (shell, element) =>
    (await import('../prompts/edit-prompts.ts')).setFavourite(shell, element, false),
  'ensemble.runPrompt': async (shell, element) => (await import('../prompts/use-prompts.ts')).run(shell, element),
  'ensemble.insertPrompt': async (shell, element) => (await import('../prompts/use-prompts.ts')).insert(shell, element),
  'ensemble.copyPrompt': async (shell, element) => (await import('../prompts/use-prompts.ts')).copy(shell, element),
  'ensemble.searchPrompts': async (shell) => (await import('../prompts/search-prompts.ts')).search(shell),
  'ensemble.filterPrompts': async (shell) => (await import('../prompts/search-prompts.ts')).filter(shell),
  'ensemble.clearPromptFilter': async (shell) => shell.promptsTree.filterBy(''),
  'ensemble.groupPrompts': async (shell) => (await import('../prompts/search-prompts.ts')).group(shell),
  'ensemble.morePrompts': async (shell, element) => shell.promptsTree.more(element),
  'ensemble.refreshPrompts': async (shell) => shell.prompts.refresh(),
};
