import type { ScriptRefactoring } from './refactoring-rule.ts';
import { trailingSpace } from './trailing-space.ts';

/** The safe changes for TypeScript and JavaScript. */
export const SCRIPT_REFACTORINGS: readonly ScriptRefactoring[] = [
  { id: 'script-trailing-space', title: 'Remove white space at the end of the line.', find: trailingSpace },
];
