import { agentTaskSpec } from '../agents/agent-task-spec.ts';
import type { AgentDefinition, AgentTask, CallSettings } from '../agents/types.ts';
import { asData } from '../context/task-context.ts';
import type { TargetCode } from '../edits/read-target.ts';
import { EnsembleError } from '../errors.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { Json, JsonObject } from '../json.ts';
import type { TaskInput } from '../ports.ts';
import { testCodeProblem, testPathProblem } from './check-code.ts';
import { TEST_ANALYST, TEST_CHECKER, TEST_WRITER } from './test-agents.ts';
import { parseTestCheck, parseTestCode, withoutFence } from './test-answers.ts';
import type { TestFacts } from './test-facts.ts';
import { casesPrompt, checkPrompt, writePrompt } from './test-prompts.ts';

/** Ids of the tasks of a test generation. */
export const CASES_TASK_ID = 'cases';
export const WRITE_TASK_ID = 'write';
export const CHECK_TASK_ID = 'check';

/** A test file with its cases takes more than an ordinary answer. Output tokens. */
const MAX_CODE_TOKENS = 12_288;

/** `AgentTask.detail` of all three tasks. */
export interface TestDetail {
  readonly type: 'tests';
  readonly facts: TestFacts;
}

/** The graph of a test generation: cases, the file, its check. Without cases the writer goes on by itself. */
export function planTests(code: TargetCode, facts: TestFacts, call: CallSettings): TaskSpec[] {
  const detail: TestDetail = { type: 'tests', facts };
  const task = (agent: AgentDefinition, prompt: string, maxTokens: number | null) => ({
    agent,
    prompt,
    tier: agent.tier,
    model: null,
    maxTokens,
    detail: detail as unknown as JsonObject,
    call,
  });
  return [
    agentTaskSpec(CASES_TASK_ID, `Find test cases for ${code.path}`, [], {
      ...task(TEST_ANALYST, casesPrompt(code, facts), null),
      output: 'test-cases',
      purpose: 'decomposition',
      context: 'none',
    }),
    agentTaskSpec(WRITE_TASK_ID, `Write ${facts.testFile}`, [CASES_TASK_ID], {
      ...task(TEST_WRITER, writePrompt(code, facts), MAX_CODE_TOKENS),
      output: 'test-code',
      purpose: 'subtask',
      context: 'full',
    }),
    {
      ...agentTaskSpec(CHECK_TASK_ID, 'Check the tests', [WRITE_TASK_ID], {
        ...task(TEST_CHECKER, checkPrompt(code, facts), MAX_CODE_TOKENS),
        output: 'test-check',
        judges: true,
        purpose: 'review',
        context: 'proposal',
      }),
    },
  ];
}

/** What the checker gets to read; null: there are no tests. */
export function testsContext(inputs: readonly TaskInput[]): string | null {
  const written = inputs.find(({ taskId, status }) => taskId === WRITE_TASK_ID && status === 'completed');
  if (!written) return null;
  return `# Tests\n\n${asData(parseTestCode(written.output).code)}`;
}

/** The writer's answer once it is sure that it can be used. Throws `invalid-model-output` with what is wrong. */
export function settleTestCode(output: Json, { detail }: AgentTask): Json {
  const { facts } = detail as unknown as TestDetail;
  const { file, code: given } = parseTestCode(output);
  const code = tidyCode(given);
  const problem = testPathProblem(file, facts) ?? testCodeProblem(code, facts);
  if (problem !== null) throw new EnsembleError('invalid-model-output', problem);
  return { file: facts.testFile, code };
}

/** The checker's answer; a correction that cannot be used is an error too. */
export function settleTestCheck(output: Json, { detail }: AgentTask): Json {
  const { facts } = detail as unknown as TestDetail;
  const { problems, code } = parseTestCheck(output);
  if (code === null || code.trim() === '') return { problems, code: null };
  const corrected = tidyCode(withoutFence(code));
  const problem = testCodeProblem(corrected, facts);
  if (problem !== null) throw new EnsembleError('invalid-model-output', problem);
  return { problems, code: corrected };
}

/** Plain line breaks, no blank lines at either end, one line break at the end. */
function tidyCode(code: string): string {
  return `${code
    .replace(/\r\n?/g, '\n')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()}\n`;
}
