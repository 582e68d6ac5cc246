import type { Command } from 'commander';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { table } from '../layout.ts';
import { keyValue } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';

interface RenderFlags {
  readonly vars?: Readonly<Record<string, string>>;
}

/** `ensemble prompt`. */
export function registerPrompt(program: Command, perform: Perform): void {
  const prompt = program.command('prompt').description('list, show and fill in prompt templates');
  prompt
    .command('list')
    .description('the templates there are')
    .action((_flags: unknown, command: Command) => perform(command.optsWithGlobals(), list));
  prompt
    .command('show')
    .description('a template and its variables')
    .argument('<name>')
    .action((name: string, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => show(session, name)),
    );
  prompt
    .command('render')
    .description('fill in a template')
    .argument('<name>')
    .option('--vars <key=value...>', 'values of its variables', keyValue)
    .action((name: string, flags: RenderFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => render(session, name, flags.vars ?? {})),
    );
}

async function list(session: Session): Promise<number> {
  const { ensemble } = await session.open();
  const prompts = await ensemble.prompts.list();
  session.emit({
    json: () => listDocument(prompts),
    text: () =>
      table(
        prompts,
        [
          { title: 'Name', text: ({ name }) => oneLine(name), paint: session.style.bold },
          { title: 'Variables', text: ({ variables }) => oneLine(variables.join(', ')), paint: session.style.dim },
          { title: 'Description', text: ({ description }) => oneLine(description), flexible: true },
        ],
        session.columns,
      ),
  });
  return EXIT.completed;
}

async function show(session: Session, name: string): Promise<number> {
  const { ensemble } = await session.open();
  const prompt = await ensemble.prompts.get(name);
  const { style } = session;
  session.emit({
    json: () => itemDocument(prompt),
    text: () => [
      style.bold(oneLine(prompt.name)),
      oneLine(prompt.description),
      style.dim(`Variables: ${oneLine(prompt.variables.join(', ')) || 'none'}`),
      '',
      stripControls(prompt.template),
    ],
  });
  return EXIT.completed;
}

async function render(session: Session, name: string, vars: Readonly<Record<string, string>>): Promise<number> {
  const { ensemble } = await session.open();
  const text = await ensemble.prompts.render(name, vars);
  session.emit({ json: () => itemDocument({ name, text }), text: () => stripControls(text) });
  return EXIT.completed;
}
