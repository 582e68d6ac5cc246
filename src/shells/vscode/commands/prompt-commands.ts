import { updateFromBuiltIn } from '../prompts/built-in-changed.ts';
import { describeVersion } from '../prompts/describe-version.ts';
import * as edits from '../prompts/edit-prompts.ts';
import * as exports from '../prompts/export-prompts.ts';
import { importPrompts } from '../prompts/import-prompts.ts';
import { showVersions } from '../prompts/prompt-versions.ts';
import * as searches from '../prompts/search-prompts.ts';
import * as uses from '../prompts/use-prompts.ts';
import { rowsOf } from '../views/selected-rows.ts';
import type { CommandTable } from './command-table.ts';

/** The Prompt Library. */
export const PROMPT_COMMANDS: CommandTable = {
  'ensemble.createPrompt': async (shell, element) => edits.create(shell, element),
  'ensemble.editPrompt': async (shell, element) => edits.edit(shell, element),
  'ensemble.duplicatePrompt': async (shell, element) => edits.duplicate(shell, element),
  'ensemble.renamePrompt': async (shell, element) =>
    edits.rename(shell, rowsOf(element, undefined, shell.promptsTree.selection)[0]),
  'ensemble.movePrompt': async (shell, element, selected) => edits.move(shell, element, selected),
  'ensemble.deletePrompt': async (shell, element, selected) =>
    edits.remove(shell, ...rowsOf(element, selected, shell.promptsTree.selection)),
  'ensemble.resetPrompt': async (shell, element, selected) => edits.remove(shell, element, selected),
  'ensemble.showPromptVersions': async (shell, element) => showVersions(shell, element),
  'ensemble.addPromptFavorite': async (shell, element, selected) => edits.setFavourite(shell, element, selected, true),
  'ensemble.removePromptFavorite': async (shell, element, selected) =>
    edits.setFavourite(shell, element, selected, false),
  'ensemble.importPrompts': async (shell, argument, selected) => importPrompts(shell, argument, selected),
  'ensemble.exportPrompts': async (shell, element, selected) => exports.exportPrompts(shell, element, selected),
  'ensemble.sharePrompt': async (shell, element) => exports.share(shell, element),
  'ensemble.runPrompt': async (shell, element) => uses.run(shell, element),
  'ensemble.insertPrompt': async (shell, element) => uses.insert(shell, element),
  'ensemble.copyPrompt': async (shell, element) => uses.copy(shell, element),
  'ensemble.previewPrompt': async (shell, element) => uses.preview(shell, element),
  'ensemble.promptHelpful': async (shell, run) => uses.rate(shell, run, 'accepted'),
  'ensemble.promptNotHelpful': async (shell, run) => uses.rate(shell, run, 'dismissed'),
  'ensemble.describePromptVersion': async (shell, element) => describeVersion(shell, element),
  'ensemble.updatePrompt': async (shell, element) => updateFromBuiltIn(shell, element),
  'ensemble.searchPrompts': async (shell) => searches.search(shell),
  'ensemble.filterPrompts': async (shell) => searches.filter(shell),
  'ensemble.clearPromptFilter': async (shell) => shell.promptsTree.filterBy(''),
  'ensemble.groupPrompts': async (shell) => searches.group(shell),
  'ensemble.morePrompts': async (shell, element) => shell.promptsTree.more(element),
  'ensemble.refreshPrompts': async (shell) => shell.prompts.refresh(),
};
