import * as z from 'zod';
import { EnsembleError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { redact } from '../../policy/redaction.ts';
import { languageOf } from '../../review/languages.ts';
import { commandFor } from '../../test-generation/command.ts';
import { frameworkOf } from '../../test-generation/framework.ts';
import { inspectProject, isTestFile, testLanguage } from '../../test-generation/project.ts';
import { defineTool, type PlacedCommand, type ToolContext } from './tool.ts';

/** Of what the tests print the end is told, UTF-16 units. */
const MAX_OUTPUT = 20_000;

/** Runs one test file with the project's own runner, after a person has allowed exactly that command. */
export const runTestsTool = defineTool({
  name: 'run-tests',
  description:
    'Runs one test file of the workspace with the test runner of its project, after the person who asked has allowed it, and gives the end of what it prints.',
  effect: 'external',
  input: z.strictObject({
    path: z.string().min(1).max(1_000).describe('The test file, relative to the root of the workspace'),
  }),
  prepare: async ({ path }, context) => {
    const { command, folder } = await commandOf(path, context);
    return {
      title: `Run the tests in ${path}?`,
      details: [
        // As a list where a space in an argument could be read as two of them.
        `Command: ${command.some((part) => /\s/.test(part)) ? JSON.stringify(command) : command.join(' ')}`,
        `Folder: ${folder}`,
        'An agent asks for it. Tests run with your rights.',
      ],
      action: { command, folder },
    };
  },
  run: async (_input, { allowed, commands, knownSecrets, signal }) => {
    const placed = placedIn(allowed);
    if (commands === null || placed === null) throw notHere();
    const { code, output } = await commands.run(placed, signal);
    // Before the cut, which could leave a part of a secret that nobody knows any more.
    const clean = redact(output, knownSecrets()).text;
    const more = clean.length - MAX_OUTPUT;
    const shown = more > 0 ? `[${more} characters before]\n${clean.slice(-MAX_OUTPUT)}` : clean;
    return `${code === 0 ? 'The tests pass.' : `The tests fail (exit ${code ?? 'by a signal'}).`}\n${shown}`;
  },
});

async function commandOf(named: string, { commands, files, workspace, signal }: ToolContext): Promise<PlacedCommand> {
  if (commands === null) throw notHere();
  const path = await files.requireReadable(named);
  const language = testLanguage(languageOf(path, ''));
  // A runner would take a name with a dash in front for an option.
  if (language === null || !isTestFile(path, language) || path.startsWith('-')) {
    throw new EnsembleError('invalid-input', `${JSON.stringify(named)} is no test file by its name.`);
  }
  const project = await inspectProject(path, language, workspace, signal);
  const command = await commandFor(path, frameworkOf(project, null), project, workspace);
  if (command === null) throw new EnsembleError('not-found', 'The test runner of the project is not installed.');
  return commands.place(path, command);
}

function notHere(): EnsembleError {
  return new EnsembleError('invalid-input', 'No programs are run here: the folder is not trusted, or is on no disk.', {
    hint: 'Say which tests a person should run.',
  });
}

/** The command that was allowed, as the journal has it. */
function placedIn(allowed: Json): PlacedCommand | null {
  const parsed = PLACED.safeParse(allowed);
  return parsed.success ? parsed.data : null;
}

const PLACED = z.object({ command: z.array(z.string()).min(1), folder: z.string() });
