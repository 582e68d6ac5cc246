import { EnsembleError } from '../errors.ts';

/** What a template asks for. */
export interface TemplateNames {
  /** In the order in which they appear. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Places at which a value is written. */
  readonly outputs: number;
  /** Other prompts that are put in with `{{> name}}`, by the template itself. */
  readonly partials: readonly string[];
}

/** The parsed text of a partial; null: it is not known, and its variables neither. */
export type ParsedPartial = (name: string) => hbs.AST.Program | null;

/** Partials that one template may put in, each counted as often as it comes. */
const MOST_PARTIALS = 1000;
/** Partials within partials. */
const DEEPEST_PARTIAL = 20;

/** Blocks that change what names refer to; `if` and `unless` do not. */
const CONDITIONS = new Set(['if', 'unless']);
const HELPERS = new Set(['if', 'unless', 'each', 'with', 'lookup']);

/**
 * The variables of a parsed template. Names inside `each` and `with` belong to what is looped over, except through `../` and
 * `@root`. Throws `invalid-input` for decorators, blocks and computed names of partials, and partials that never end.
 */
export function namesIn(
  program: hbs.AST.Program,
  forbidden: ReadonlySet<string>,
  partial: ParsedPartial = () => null,
): TemplateNames {
  const collector = new NameCollector(forbidden, partial);
  collector.program(program, 0);
  const { names, asked } = collector;
  return {
    required: [...names].filter((name) => !asked.has(name)),
    optional: [...names].filter((name) => asked.has(name)),
    outputs: collector.outputs,
    partials: [...collector.partials],
  };
}

class NameCollector {
  readonly names = new Set<string>();
  /** Variables whose presence the template checks itself. */
  readonly asked = new Set<string>();
  outputs = 0;
  readonly partials = new Set<string>();
  readonly #forbidden: ReadonlySet<string>;
  readonly #partial: ParsedPartial;
  /** Partials that are being looked at, outermost first. */
  readonly #path: string[] = [];
  #count = 0;

  constructor(forbidden: ReadonlySet<string>, partial: ParsedPartial) {
    this.#forbidden = forbidden;
    this.#partial = partial;
  }

  /** `depth` counts the enclosing blocks that have a context of their own. */
  program({ body }: hbs.AST.Program, depth: number): void {
    for (const statement of body) this.#statement(statement, depth);
  }

  #statement(statement: hbs.AST.Statement, depth: number): void {
    switch (statement.type) {
      case 'MustacheStatement':
        this.outputs++;
        this.#call(statement as hbs.AST.MustacheStatement, depth);
        break;
      case 'BlockStatement':
        this.#block(statement as hbs.AST.BlockStatement, depth);
        break;
      case 'ContentStatement':
      case 'CommentStatement':
        break;
      case 'PartialStatement':
        this.#putIn(statement as hbs.AST.PartialStatement, depth);
        break;
      default:
        throw new EnsembleError('invalid-input', 'Blocks of partials and decorators are not allowed in templates.', {
          hint: 'Remove {{#> ...}} and {{* ...}}.',
        });
    }
  }

  #putIn({ name: written, params, hash }: hbs.AST.PartialStatement, depth: number): void {
    const name = partialName(written);
    if (name === null || params.length > 0 || (hash?.pairs ?? []).length > 0) {
      throw new EnsembleError('invalid-input', 'A partial is a name alone, such as {{> greeting}}.', {
        hint: 'It sees the same variables as the template around it.',
      });
    }
    if (this.#path.length === 0) this.partials.add(name);
    const program = this.#partial(name);
    if (!program) return;
    if (this.#path.includes(name)) {
      const cycle = [...this.#path.slice(this.#path.indexOf(name)), name].join(' > ');
      throw new EnsembleError('invalid-input', `Prompts put each other in without end: ${cycle}.`, {
        hint: 'Remove one of the {{> ...}}.',
      });
    }
    this.#count++;
    if (this.#count > MOST_PARTIALS || this.#path.length >= DEEPEST_PARTIAL) {
      throw new EnsembleError('invalid-input', 'Too many prompts are put into this one.', {
        hint: `There may be ${MOST_PARTIALS} {{> ...}} in all, ${DEEPEST_PARTIAL} within each other.`,
      });
    }
    this.#path.push(name);
    this.program(program, depth);
    this.#path.pop();
  }

  #block(block: hbs.AST.BlockStatement, depth: number): void {
    const helper = nameOf(block.path);
    const isCondition = helper !== null && CONDITIONS.has(helper);
    this.#call(block, depth);
    if (isCondition) for (const param of block.params) this.#ask(param, depth);
    const inner = isCondition ? depth : depth + 1;
    if (block.program) this.program(block.program, inner);
    if (block.inverse) this.program(block.inverse, depth);
  }

  #call({ path, params, hash }: Pick<hbs.AST.MustacheStatement, 'path' | 'params' | 'hash'>, depth: number): void {
    const helper = nameOf(path);
    if (helper === null || !HELPERS.has(helper)) this.#expression(path, depth);
    for (const param of params) this.#expression(param, depth);
    for (const pair of hash?.pairs ?? []) this.#expression(pair.value, depth);
  }

  #expression(expression: hbs.AST.Expression, depth: number): void {
    if (expression.type === 'SubExpression') this.#call(expression as hbs.AST.SubExpression, depth);
    const name = this.#variable(expression, depth);
    if (name !== null) this.names.add(name);
  }

  #ask(expression: hbs.AST.Expression, depth: number): void {
    const name = this.#variable(expression, depth);
    if (name !== null) this.asked.add(name);
  }

  /** The variable that a path begins with; null: it belongs to a loop, or is none. */
  #variable(expression: hbs.AST.Expression, depth: number): string | null {
    if (expression.type !== 'PathExpression') return null;
    const path = expression as hbs.AST.PathExpression;
    const isRoot = path.data ? path.parts[0] === 'root' : path.depth === depth;
    const name = path.data ? path.parts[1] : path.parts[0];
    return isRoot && name !== undefined && !this.#forbidden.has(name) ? name : null;
  }
}

/** The name of a partial; null: it is computed. */
function partialName(name: hbs.AST.PathExpression | hbs.AST.SubExpression): string | null {
  if (name.type === 'SubExpression') return null;
  const { original } = name as hbs.AST.PathExpression;
  return String(original);
}

/** The name of a helper call; null for anything that cannot be one. */
function nameOf(path: hbs.AST.Expression): string | null {
  if (path.type !== 'PathExpression') return null;
  const { data, depth, parts } = path as hbs.AST.PathExpression;
  return !data && depth === 0 && parts.length === 1 ? (parts[0] ?? null) : null;
}
