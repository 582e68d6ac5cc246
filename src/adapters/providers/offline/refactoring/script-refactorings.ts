import type { ScriptRefactoring } from './refactoring-rule.ts';
import { redundantElse } from './script-else.ts';
import { booleanChoice, doubleSemicolon, negatedTwice, shorthand, unusedImport } from './script-expressions.ts';
import { variables } from './script-variables.ts';
import { trailingSpace } from './trailing-space.ts';

/** The safe changes for TypeScript and JavaScript. */
export const SCRIPT_REFACTORINGS: readonly ScriptRefactoring[] = [
  { id: 'script-var', title: 'Declare the variable with const or let instead of var.', find: variables },
  { id: 'script-else-after-return', title: 'Drop the else after a branch that always leaves.', find: redundantElse },
  { id: 'script-boolean-choice', title: 'A comparison is true or false already.', find: booleanChoice },
  { id: 'script-negated-twice', title: 'A condition needs no double negation.', find: negatedTwice },
  { id: 'script-shorthand', title: 'Write the property in short form.', find: shorthand },
  { id: 'script-unused-import', title: 'Remove the imported name that nothing uses.', find: unusedImport },
  { id: 'script-double-semicolon', title: 'Remove the empty statement.', find: doubleSemicolon },
  { id: 'script-trailing-space', title: 'Remove white space at the end of the line.', find: trailingSpace },
];
