import { agentTaskSpec } from '../agents/agent-task-spec.ts';
import type { AgentDefinition, AgentTask, CallSettings, OutputSchemaName } from '../agents/types.ts';
import { withPeers } from '../agents/with-peers.ts';
import { asData } from '../context/task-context.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { Json, JsonObject } from '../json.ts';
import { DEVELOPER, PIPELINE_ARCHITECT, PRODUCT_MANAGER, QA_ENGINEER } from './pipeline-agents.ts';
import type { Implementation, Quality } from './pipeline-answers.ts';
import { type KnownFile, knownFiles, settleFiles } from './pipeline-files.ts';

/** Ids of the stages. Later rounds of the last two end in their number. */
export const REQUIREMENTS = 'requirements';
export const DESIGN = 'design';
export const IMPLEMENTATION = 'implementation';
export const QUALITY = 'quality';

/** Whole files take more than an ordinary answer. Output tokens. */
const MAX_FILE_TOKENS = 16_384;

/** What a pipeline is planned from. */
export interface PipelinePlan {
  readonly requirement: string;
  /** Files that the team is shown and may change. */
  readonly files: readonly KnownFile[];
  /** How often the QA engineer may send the work back, from 0. */
  readonly rounds: number;
  /** True: architect, developer and QA engineer may read other files with tools. */
  readonly mayReadFiles: boolean;
  /** True: a stage may write to those after it. Default false. */
  readonly communicates?: boolean;
  readonly call: CallSettings;
}

/** The stage of a developer or QA engineer in a round, from 0. */
export function stageOf(stage: typeof IMPLEMENTATION | typeof QUALITY, round: number): string {
  return round === 0 ? stage : `${stage}-${round + 1}`;
}

/**
 * The graph of the pipeline: each stage gets what the ones before it have handed over. A round of rework is there from the start
 * and runs only where the QA engineer asks for it: its condition looks at the verdict.
 */
export function planPipeline(plan: PipelinePlan): TaskSpec[] {
  const { rounds } = plan;
  const tasks = [
    stage(plan, REQUIREMENTS, 'Say what is wanted', [], PRODUCT_MANAGER, 'pipeline-requirements', MANAGER_JOB),
    stage(plan, DESIGN, 'Design it', [REQUIREMENTS], PIPELINE_ARCHITECT, 'pipeline-design', ARCHITECT_JOB),
  ];
  for (let round = 0; round <= rounds; round++) {
    const [made, checked] = [stageOf(IMPLEMENTATION, round), stageOf(QUALITY, round)];
    const earlier = round === 0 ? [] : [stageOf(IMPLEMENTATION, round - 1), stageOf(QUALITY, round - 1)];
    const [making, checking] =
      round === 0
        ? ['Write the code', 'Check and test it']
        : [`Mend it, round ${round}`, `Check it again, round ${round}`];
    const job = round === 0 ? DEVELOPER_JOB : REWORK_JOB;
    const make = stage(
      plan,
      made,
      making,
      [REQUIREMENTS, DESIGN, ...earlier],
      DEVELOPER,
      'pipeline-implementation',
      job,
    );
    const before = earlier.at(-1);
    tasks.push(before === undefined ? make : { ...make, when: `${before}.verdict == "rework"` });
    tasks.push(stage(plan, checked, checking, [REQUIREMENTS, DESIGN, made], QA_ENGINEER, 'pipeline-quality', QA_JOB));
  }
  return plan.communicates ? withPeers(tasks) : tasks;
}

const MANAGER_JOB =
  'Say what is wanted: user stories with acceptance criteria, requirements by priority, how others solve it.';
const ARCHITECT_JOB =
  'Design what the product manager has asked for: architecture, data structures, interfaces, files.';
const DEVELOPER_JOB = 'Write the files of the design, each complete, and the documentation.';
const REWORK_JOB =
  'The QA engineer has sent your work back. Mend every issue. Hand over every file of the implementation again, complete, also those that stay as they are.';
const QA_JOB =
  'Check the implementation against the requirements and their acceptance criteria, and write its tests. The verdict is "rework" only where something required is wrong or missing; say what has to change.';

function stage(
  plan: PipelinePlan,
  id: string,
  description: string,
  dependencies: readonly string[],
  agent: AgentDefinition,
  output: OutputSchemaName,
  job: string,
): TaskSpec {
  const { files, mayReadFiles, call } = plan;
  const reads = mayReadFiles && agent !== PRODUCT_MANAGER;
  const writes = output === 'pipeline-implementation' || output === 'pipeline-quality';
  const payload: AgentTask = {
    agent: reads ? { ...agent, tools: ['read-file', 'list-files', 'search-text'] } : agent,
    prompt: promptOf(plan, job, agent === PRODUCT_MANAGER ? [] : files),
    tier: agent.tier,
    model: null,
    maxTokens: writes ? MAX_FILE_TOKENS : null,
    output,
    purpose: agent === QA_ENGINEER ? 'review' : 'subtask',
    context: 'full',
    detail: writes ? ({ type: 'pipeline', files } as unknown as JsonObject) : null,
    call,
  };
  return agentTaskSpec(id, description, dependencies, payload, { onError: 'skip-dependents' });
}

/** The requirement comes first: it is the same in all calls, so that prompt caches share it. */
function promptOf({ requirement }: PipelinePlan, job: string, files: readonly KnownFile[]): string {
  const shown = files.map(({ path, text }) => `## ${JSON.stringify(path)}\n\n${asData(text)}`);
  return [
    `# Requirement\n\n${asData(requirement)}`,
    ...(shown.length === 0 ? [] : [`# Files\n\n${shown.join('\n\n')}`]),
    `# Your job\n\n${job}`,
  ].join('\n\n');
}

/** The developer's answer once its files can be proposed. Throws `invalid-model-output` with what is wrong. */
export function settleImplementation(output: Json, { detail }: AgentTask): Json {
  const answer = output as unknown as Implementation;
  return { ...answer, files: settleFiles(answer.files, knownFiles(detail)) } as unknown as Json;
}

/** The QA engineer's answer once it can be acted on. Throws `invalid-model-output` with what is wrong. */
export function settleQuality(output: Json, { detail }: AgentTask): Json {
  const answer = output as unknown as Quality;
  return { ...answer, tests: settleFiles(answer.tests, knownFiles(detail)) } as unknown as Json;
}
