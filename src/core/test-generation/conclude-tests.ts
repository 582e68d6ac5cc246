import type { AgentTask } from '../agents/types.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { FileEdit, TaskResult, TestPlan } from '../results.ts';
import { asProse, codeSpan, fenced } from '../review/markdown.ts';
import { CASES_TASK_ID, CHECK_TASK_ID, type TestDetail, WRITE_TASK_ID } from './plan-tests.ts';
import { parseTestCases, parseTestCheck, parseTestCode, type TestCases, type TestCheck } from './test-answers.ts';
import type { TestFacts } from './test-facts.ts';

/** What a test generation has come to. */
export interface ConcludedTests {
  readonly markdown: string;
  /** One new file, or nothing. */
  readonly edits: readonly FileEdit[];
  readonly testPlan: TestPlan | null;
}

/** Makes the result: the file as the writer wrote it, or as the checker corrected it. */
export function concludeTests(
  file: string,
  ended: { readonly tasks: readonly TaskResult[]; readonly specs: readonly TaskSpec[]; readonly llm: boolean },
): ConcludedTests {
  const { tasks, specs, llm } = ended;
  const payload = specs.find(({ id }) => id === WRITE_TASK_ID)?.payload as unknown as AgentTask;
  const { facts } = payload.detail as unknown as TestDetail;
  const outputOf = (id: string) => {
    const task = tasks.find((one) => one.id === id);
    return task?.status === 'completed' ? task.output : null;
  };
  const [casesOutput, writeOutput, checkOutput] = [CASES_TASK_ID, WRITE_TASK_ID, CHECK_TASK_ID].map(outputOf);
  const cases = casesOutput == null ? null : parseTestCases(casesOutput);
  const check = checkOutput == null ? null : parseTestCheck(checkOutput);
  const written = writeOutput == null ? null : parseTestCode(writeOutput).code;
  const code = written === null ? null : (check?.code ?? written);
  const failed = tasks.filter(({ status }) => status !== 'completed');
  const markdown = render({ file, facts, cases, check, code, failed, llm });
  const { testFile, framework, command } = facts;
  return {
    markdown,
    edits: code === null ? [] : [newFile(testFile, code, `Tests of ${file} for ${framework}`)],
    testPlan: { file: testFile, framework, command },
  };
}

function newFile(file: string, code: string, summary: string): FileEdit {
  return { file, baseHash: null, changes: [{ startLine: 1, endLine: 0, newText: code.replace(/\n$/, '') }], summary };
}

interface Report {
  readonly file: string;
  readonly facts: TestFacts;
  readonly cases: TestCases | null;
  readonly check: TestCheck | null;
  readonly code: string | null;
  readonly failed: readonly TaskResult[];
  readonly llm: boolean;
}

function render({ file, facts, cases, check, code, failed, llm }: Report): string {
  const { testFile, framework, command, existing } = facts;
  const run =
    command === null
      ? `${framework} is not installed here, so it is not known how to run them.`
      : `Run them with ${codeSpan(command.join(' '))}.`;
  const unchecked = code !== null && check === null ? ' Nobody has checked them.' : '';
  return [
    `# Tests of ${codeSpan(file)}`,
    code === null
      ? '**No tests were written.**'
      : `**Proposed: ${codeSpan(testFile)}, for ${framework}.${unchecked}** The agents did not run them. ${run}`,
    ...(llm
      ? []
      : [
          'No language model was used: this is a skeleton that loads the code and holds what is certain, which names it exports. Add what they should do.',
        ]),
    ...(failed.length === 0 ? [] : [`## Not done\n\n${failed.map(failedLine).join('\n')}`]),
    ...(existing === null ? [] : [`${codeSpan(existing.path)} has tests already; it stays as it is.`]),
    ...(cases === null || cases.cases.length === 0 ? [] : [`## Cases\n\n${caseLines(cases)}`]),
    ...(check === null || check.problems.length === 0 ? [] : [`## Check\n\n${checkLines(check)}`]),
    ...(code === null ? [] : [`## File\n\n${fenced(code.trimEnd(), fenceLanguage(facts))}`]),
  ].join('\n\n');
}

function failedLine({ description, error, status }: TaskResult): string {
  return `- ${asProse(description)}: ${asProse(error?.message ?? `It was ${status}.`)}`;
}

function caseLines({ cases }: TestCases): string {
  return cases
    .map(({ title, subject }) => `- ${asProse(oneLine(title))}${subject === '' ? '' : ` (${codeSpan(subject)})`}`)
    .join('\n');
}

function checkLines({ problems, code }: TestCheck): string {
  const what = code === null ? 'The checker found problems and corrected none of them:' : 'Found and corrected:';
  return `${what}\n\n${problems.map((problem) => `- ${asProse(oneLine(problem))}`).join('\n')}`;
}

function fenceLanguage({ language, testFile }: TestFacts): string {
  return language === 'script' ? (/\.([^.]+)$/.exec(testFile)?.[1] ?? '') : language;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
