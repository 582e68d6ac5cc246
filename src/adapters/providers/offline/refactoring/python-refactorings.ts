import type { PythonRefactoring } from './refactoring-rule.ts';
import { trailingSpace } from './trailing-space.ts';

/** The safe changes for Python. */
export const PYTHON_REFACTORINGS: readonly PythonRefactoring[] = [
  { id: 'python-trailing-space', title: 'Remove white space at the end of the line.', find: trailingSpace },
];
