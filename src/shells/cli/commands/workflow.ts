import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { EnsembleError } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { nearestName } from '../../../core/nearest-name.ts';
import type { WorkflowDefinition } from '../../../core/workflows/catalogue.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { executeRun } from '../execute-run.ts';
import { EXIT } from '../exit-codes.ts';
import { table, wrap } from '../layout.ts';
import { keyValue } from '../options.ts';
import type { Perform } from '../perform.ts';
import type { Session } from '../session.ts';

interface ListFlags {
  readonly category?: string;
  readonly tags?: string;
}

interface RunFlags {
  readonly param?: Readonly<Record<string, string>>;
  readonly params?: string;
  readonly memory?: boolean;
}

/** `ensemble workflow`. */
export function registerWorkflow(program: Command, perform: Perform): void {
  const workflow = program.command('workflow').description('list, show and run workflows');
  workflow
    .command('list')
    .description('the workflows there are')
    .option('--category <name>', 'only this category')
    .option('--tags <names>', 'only those with all of these tags, separated by commas')
    .action((flags: ListFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => list(session, flags)),
    );
  workflow
    .command('show')
    .description('what a workflow does and which parameters it takes')
    .argument('<id>')
    .action((id: string, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => show(session, id)),
    );
  workflow
    .command('run')
    .description('run a workflow')
    .argument('<id>')
    .option('-p, --param <key=value>', 'a parameter; may be given more than once', keyValue)
    .option('--params <file>', 'a JSON file with parameters; -p wins over it')
    .option('--memory', 'tell the agents what was done before in this workspace')
    .option('--no-memory', 'do not, whatever the configuration says')
    .action((id: string, flags: RunFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => run(session, id, flags)),
    );
}

async function list(session: Session, { category, tags }: ListFlags): Promise<number> {
  const { ensemble } = await session.open();
  const wanted = (tags ?? '').split(',').flatMap((tag) => (tag.trim() === '' ? [] : [tag.trim().toLowerCase()]));
  const items = ensemble.workflows.filter(
    (one) =>
      (category === undefined || one.category.toLowerCase() === category.toLowerCase()) &&
      wanted.every((tag) => one.tags.some((own) => own.toLowerCase() === tag)),
  );
  session.emit({
    json: () => listDocument(items),
    text: () =>
      items.length === 0
        ? 'No workflow fits.'
        : table(
            items,
            [
              { title: 'Id', text: ({ id }) => id, paint: session.style.bold },
              { title: 'Category', text: (one) => one.category },
              { title: 'Description', text: ({ description }) => description, flexible: true },
            ],
            session.tableColumns,
          ),
  });
  return EXIT.completed;
}

async function show(session: Session, id: string): Promise<number> {
  const { ensemble } = await session.open();
  const item = find(ensemble.workflows, id);
  const { style, columns } = session;
  session.emit({
    json: () => itemDocument(item),
    text: () => [
      `${style.bold(item.id)}  ${item.name}`,
      ...wrap(item.description, columns),
      ...wrap(`Category ${item.category}, tags ${item.tags.join(', ')}.`, columns).map(style.dim),
      style.dim(`Usually takes about ${item.estimatedDurationSeconds} s.`),
      '',
      ...item.params.flatMap((param) => paramLines(param, session)),
    ],
  });
  return EXIT.completed;
}

function paramLines(param: WorkflowDefinition['params'][number], { style, columns }: Session): string[] {
  const choices = param.values ? ` (${param.values.join(', ')})` : '';
  const byDefault = param.default === null ? '' : style.dim(`  default ${JSON.stringify(param.default)}`);
  return [
    `-p ${style.bold(param.name)}=...${choices}${byDefault}`,
    ...wrap(param.description, columns - 4).map((line) => `    ${line}`),
  ];
}

async function run(session: Session, id: string, flags: RunFlags): Promise<number> {
  const params = { ...(await paramsFile(session.host.cwd, flags.params)), ...flags.param };
  return executeRun(session, {
    start: ({ ensemble }, options) =>
      ensemble.start(
        { kind: 'workflow', workflow: id, params },
        { ...options, ...(flags.memory === undefined ? {} : { memory: flags.memory }) },
      ),
  });
}

function find(workflows: readonly WorkflowDefinition[], id: string): WorkflowDefinition {
  const found = workflows.find((one) => one.id === id);
  if (found) return found;
  const close = nearestName(
    id,
    workflows.map((one) => one.id),
  );
  throw new EnsembleError('not-found', `There is no workflow "${id}".`, {
    hint: close === null ? 'See: ensemble workflow list' : `Did you mean "${close}"? See: ensemble workflow list`,
  });
}

async function paramsFile(cwd: string, file: string | undefined): Promise<Record<string, Json>> {
  if (file === undefined) return {};
  const content = await readFile(path.resolve(cwd, file), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new EnsembleError('invalid-input', `The parameters in ${file} cannot be read (${cause.code}).`, { cause });
  });
  try {
    const parsed: unknown = JSON.parse(content);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, Json>;
  } catch {
    // Said below, for both.
  }
  throw new EnsembleError('invalid-input', `${file} is not a JSON object.`, {
    hint: 'Write it as { "name": value, ... }.',
  });
}
