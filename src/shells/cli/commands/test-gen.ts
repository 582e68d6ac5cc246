import type { Command } from 'commander';
import { EnsembleError } from '../../../core/errors.ts';
import type { RunResult, TestPlan } from '../../../core/results.ts';
import { diffOfEdits, readyEdits, writeEdits } from '../apply-edits.ts';
import { diffText } from '../diff-text.ts';
import { executeRun } from '../execute-run.ts';
import { dollars } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';
import { insideRoot } from '../workspace-path.ts';
import { headlineOf } from './refactor.ts';

interface TestFlags {
  readonly framework?: string;
  readonly write?: boolean;
  readonly run?: boolean;
  readonly budget?: number;
}

/** A test run that takes longer hangs, ms. */
const TEST_TIMEOUT_MS = 5 * 60_000;

const EXAMPLES = `
Without --write the new file is printed as a unified diff. A file that is there already is
never written over. --run runs the tests in this folder, which needs --trust.

Examples:
  $ ensemble test-gen src/parser.ts
  $ ensemble test-gen src/parser.ts --framework vitest --write
  $ ensemble test-gen src/parser.ts --run --trust`;

/** `ensemble test-gen`. */
export function registerTestGen(program: Command, perform: Perform): void {
  program
    .command('test-gen')
    .description("write tests for one file in the project's framework and style")
    .argument('<path>', 'the file with the code to test')
    .option(
      '--framework <name>',
      "vitest, jest, mocha, node:test, pytest, unittest or go test (default: the project's)",
    )
    .option('--write', 'write the test file')
    .option('--run', 'write the test file and run it')
    .option('--budget <usd>', 'spend at most this much on the run', dollars)
    .addHelpText('after', EXAMPLES)
    .action((path: string, flags: TestFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => generate(session, path, flags)),
    );
}

async function generate(session: Session, given: string, flags: TestFlags): Promise<number> {
  const { host } = session;
  return executeRun(session, {
    start: async ({ ensemble, workspace }, options) => {
      if (flags.run && !workspace.trusted) throw untrusted(workspace.root);
      const target = { type: 'file', path: await insideRoot(workspace.root, host.cwd, given) } as const;
      return ensemble.start(
        { kind: 'test-gen', target, framework: flags.framework ?? null },
        { ...options, ...(flags.budget === undefined ? {} : { budgetUSD: flags.budget }) },
      );
    },
    deliver: (result, signal) => deliver(session, result, flags, signal),
  });
}

function untrusted(root: string): EnsembleError {
  return new EnsembleError('untrusted-workspace', `Tests run the code in ${root}, which is not trusted.`, {
    hint: 'Add --trust if you trust it, or leave --run out.',
  });
}

async function deliver(session: Session, result: RunResult, flags: TestFlags, signal: AbortSignal) {
  const { edits } = result;
  if (!edits) return { printed: false };
  session.aside(headlineOf(result));
  if (edits.length === 0) return { printed: !session.options.json };
  const { workspace } = await session.open();
  const ready = await readyEdits(workspace.root, edits);
  const writes = flags.write === true || flags.run === true;
  if (writes) await writeEdits(ready);
  session.emit({
    json: () => result,
    text: () =>
      writes
        ? ready.map(({ file }) => `Wrote ${oneLine(file)}.`)
        : diffText(diffOfEdits(ready), session.style, session.host.stdout.isTTY === true),
  });
  if (!flags.run) return { printed: true };
  return { printed: true, problem: await runTests(session, result.testPlan ?? null, workspace.root, signal) };
}

/** Runs the tests and shows what they print; resolves with why the command fails then, null when they pass. */
async function runTests(session: Session, plan: TestPlan | null, root: string, signal: AbortSignal) {
  if (!plan?.command) {
    return new EnsembleError(
      'task-failed',
      `It is not known how to run tests of ${plan?.framework ?? 'this project'} here.`,
      {
        hint: 'Install the framework in the project, or run the tests yourself.',
      },
    );
  }
  const [program = '', ...args] = plan.command;
  session.aside(`Running: ${oneLine(plan.command.join(' '))}`);
  const { runCommand } = await import('../../../compose.ts');
  try {
    const { code, stdout, stderr } = await runCommand(program, args, {
      env: session.host.env,
      cwd: root,
      timeoutMs: TEST_TIMEOUT_MS,
      signal,
      killsGroup: true,
    });
    showOutput(session, `${stdout}${stderr}`);
    if (code === 0) {
      session.aside('The tests pass.');
      return null;
    }
    return new EnsembleError('task-failed', `The tests fail (exit ${code ?? 'by a signal'}).`, {
      hint: `Look at ${plan.file}: either a test is wrong, or it has found a mistake.`,
    });
  } catch (cause) {
    signal.throwIfAborted();
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing ? `${program} is not installed.` : cause instanceof Error ? cause.message : String(cause);
    return new EnsembleError('task-failed', `The tests were not run: ${message}`, { cause });
  }
}

/** With `--json` and with events, standard output has something else. */
function showOutput(session: Session, output: string): void {
  const text = stripControls(output).trimEnd();
  if (text === '') return;
  if (session.options.json || session.options.events === '-') session.progress.say(text);
  else session.print(text);
}
