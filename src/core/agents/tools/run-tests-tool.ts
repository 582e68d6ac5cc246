import * as z from 'zod';
import { EnsembleError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { languageOf } from '../../review/languages.ts';
import { commandFor } from '../../test-generation/command.ts';
import { frameworkOf } from '../../test-generation/framework.ts';
import { inspectProject, isTestFile, testLanguage } from '../../test-generation/project.ts';
import { defineTool, type ToolContext } from './tool.ts';

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
    const command = await commandOf(path, context);
    const folder = context.workspace.root;
    return {
      title: `Run the tests in ${path}?`,
      details: [
        `Command: ${command.join(' ')}`,
        `Folder: ${folder}`,
        'An agent asks for it. Tests run with your rights.',
      ],
      action: { command, folder },
    };
  },
  run: async (_input, { allowed, commands, signal }) => {
    const command = commandIn(allowed);
    if (commands === null || command === null) throw notHere();
    const { code, output } = await commands.run(command, signal);
    const more = output.length - MAX_OUTPUT;
    const shown = more > 0 ? `[${more} characters before]\n${output.slice(-MAX_OUTPUT)}` : output;
    return `${code === 0 ? 'The tests pass.' : `The tests fail (exit ${code ?? 'by a signal'}).`}\n${shown}`;
  },
});

async function commandOf(
  path: string,
  { commands, files, workspace, signal }: ToolContext,
): Promise<readonly string[]> {
  if (commands === null) throw notHere();
  await files.requireReadable(path);
  const language = testLanguage(languageOf(path, ''));
  if (language === null || !isTestFile(path, language)) {
    throw new EnsembleError('invalid-input', `${JSON.stringify(path)} is no test file by its name.`);
  }
  const project = await inspectProject(path, language, workspace, signal);
  const command = await commandFor(path, frameworkOf(project, null), project, workspace);
  if (command !== null) return command;
  throw new EnsembleError('not-found', 'The test runner of the project is not installed.');
}

function notHere(): EnsembleError {
  return new EnsembleError('invalid-input', 'No programs are run here.', {
    hint: 'Say which tests a person should run.',
  });
}

/** The command that was allowed, as the journal has it. */
function commandIn(allowed: Json): readonly string[] | null {
  const command = typeof allowed === 'object' && allowed !== null && 'command' in allowed ? allowed.command : null;
  return Array.isArray(command) && command.every((part) => typeof part === 'string') ? (command as string[]) : null;
}
