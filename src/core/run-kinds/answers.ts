import type { AnswerKinds } from '../agents/answer-kind.ts';
import { type EditBase, placeEdits } from '../edits/place-edits.ts';
import { parseProposedEdits, proposedEditsSchema } from '../edits/proposed-edit.ts';
import { EnsembleError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { designSchema, implementationSchema, qualitySchema, requirementsSchema } from '../pipeline/pipeline-answers.ts';
import { settleImplementation, settleQuality } from '../pipeline/plan-pipeline.ts';
import { keptPlan, parsePlan, planSchema } from '../planning/plan-schema.ts';
import { extendPlan } from '../planning/plan-task.ts';
import type { TaskInput } from '../ports.ts';
import { extendRefactor, type RefactorDetail } from '../refactor/plan-refactor.ts';
import { proposalContext as editsContext } from '../refactor/proposal.ts';
import { editChecksSchema, refactorPlanSchema } from '../refactor/refactor-answers.ts';
import { findingsSchema } from '../review/findings-schema.ts';
import { settleTestCheck, settleTestCode, type TestDetail, testsContext } from '../test-generation/plan-tests.ts';
import { readTestCode, testCasesSchema, testCheckSchema, testCodeSchema } from '../test-generation/test-answers.ts';
import { resolutionsSchema, settleResolutions } from '../together/resolver.ts';
import {
  decidedAlone,
  positionSchema,
  settleChoice,
  settleVerdict,
  verdictSchema,
  voteSchema,
} from '../together/votes.ts';

/** Edits that a repair turn is told about; more would only distract. */
const MAX_REASONS = 5;

/** The structured answers of all kinds of runs. */
export const ANSWER_KINDS: AnswerKinds = {
  plan: {
    schema: planSchema,
    settle: (output, { task }) => ({ output: keptPlan(parsePlan(output)), extend: extendPlan(output, task) }),
  },
  findings: { schema: findingsSchema },
  'refactor-plan': {
    schema: refactorPlanSchema,
    settle: (output, { task }) => ({ output, extend: extendRefactor(output, task) }),
  },
  edits: {
    schema: proposedEditsSchema,
    settle: (output, { task, isRepair }) => {
      if (!isRepair) requirePlaces(output, task.detail as unknown as EditBase);
      return { output };
    },
  },
  vote: { schema: voteSchema, settle: (output, { task }) => ({ output: settleChoice(output, task.detail) }) },
  position: { schema: positionSchema, settle: (output, { task }) => ({ output: settleChoice(output, task.detail) }) },
  verdict: {
    schema: verdictSchema,
    decided: decidedAlone,
    settle: (output, { task, isRepair }) => ({ output: settleVerdict(output, task.detail, isRepair) }),
  },
  resolutions: {
    schema: resolutionsSchema,
    settle: (output, { task, isRepair }) => ({ output: settleResolutions(output, task, isRepair) }),
  },
  'edit-checks': { schema: editChecksSchema, whenNothing: { verdicts: [], summary: '' } },
  'test-cases': { schema: testCasesSchema },
  'test-code': {
    schema: testCodeSchema,
    read: readTestCode,
    settle: (output, { task }) => ({ output: settleTestCode(output, task) }),
  },
  'test-check': {
    schema: testCheckSchema,
    whenNothing: { problems: [], code: null },
    settle: (output, { task }) => ({ output: settleTestCheck(output, task) }),
  },
  'pipeline-requirements': { schema: requirementsSchema },
  'pipeline-design': { schema: designSchema },
  'pipeline-implementation': {
    schema: implementationSchema,
    settle: (output, { task }) => ({ output: settleImplementation(output, task) }),
  },
  'pipeline-quality': {
    schema: qualitySchema,
    settle: (output, { task }) => ({ output: settleQuality(output, task) }),
  },
};

/** What a checker is told of the work that it checks; null: there is none. */
export function proposalContext(inputs: readonly TaskInput[], detail: JsonObject | null): string | null {
  const known = detail as unknown as RefactorDetail | TestDetail;
  return known.type === 'refactor' ? editsContext(inputs, known) : testsContext(inputs);
}

/** The editor gets one chance to mend edits that cannot be made; what remains then is told to the person. */
function requirePlaces(output: Json, base: EditBase): void {
  const { rejected } = placeEdits(base, parseProposedEdits(output));
  if (rejected.length === 0) return;
  const lines = rejected
    .slice(0, MAX_REASONS)
    .map(({ edit, reason }) => `- The edit of ${JSON.stringify(firstLine(edit.search))}: ${reason}.`);
  const more = rejected.length > MAX_REASONS ? [`- and ${rejected.length - MAX_REASONS} more`] : [];
  throw new EnsembleError('invalid-model-output', ['These edits cannot be made:', ...lines, ...more].join('\n'));
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
