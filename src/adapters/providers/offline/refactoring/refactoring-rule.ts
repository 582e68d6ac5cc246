import type { Range } from '../../../../core/source/masked-text.ts';
import type { PythonCode } from '../../../../core/source/python-code.ts';
import type { ScriptCode } from '../../../../core/source/script-code.ts';
import type { SourceCode } from '../../../../core/source/source-code.ts';

/** A change that keeps the behaviour whatever the rest of the program is. Anything less certain is no rule. */
export interface RefactoringRule<Code extends SourceCode> {
  /** Stable, for tests and the documentation. */
  readonly id: string;
  /** What it does, one sentence; the reason of each edit. */
  readonly title: string;
  /** Ranges and what stands there afterwards; they do not overlap. */
  find(code: Code): Iterable<Change>;
}

/** A range and its new text. */
export interface Change extends Range {
  readonly newText: string;
}

/** A rule for TypeScript and JavaScript. */
export type ScriptRefactoring = RefactoringRule<ScriptCode>;
/** A rule for Python. */
export type PythonRefactoring = RefactoringRule<PythonCode>;
