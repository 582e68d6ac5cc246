/** A name that other files can use. */
export interface ExportedSymbol {
  /** `default` for a default export. */
  readonly name: string;
  /** `value`: neither a function nor a class, as far as can be seen; `type`: gone at run time. */
  readonly kind: 'function' | 'class' | 'value' | 'type';
  /** The parameters as they are written, without parentheses; empty for what is no function. */
  readonly params: string;
  /** 1-based. */
  readonly line: number;
}

/** How the names of a script leave it. */
export type ModuleKind = 'esm' | 'commonjs';
