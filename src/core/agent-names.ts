import { AGGREGATOR, COORDINATOR, PLANNER, SOLOIST, SUB_AGENTS, SUPER_AGENT } from './agents/built-in.ts';
import { PIPELINE_AGENTS } from './pipeline/pipeline-agents.ts';
import { REFACTOR_CHECKER, REFACTOR_EDITOR, REFACTOR_PLANNER } from './refactor/refactor-agents.ts';
import { LENSES, SUMMARY_AGENT } from './review/lenses.ts';
import { TEST_ANALYST, TEST_CHECKER, TEST_WRITER } from './test-generation/test-agents.ts';
import { WORKFLOW_AGENTS } from './workflows/workflow-agents.ts';

/** Names of the built-in agents of all kinds of runs, each once, sorted. */
export const AGENT_NAMES: readonly string[] = [
  ...new Set(
    [
      ...[PLANNER, SUPER_AGENT, AGGREGATOR, COORDINATOR, SOLOIST, ...SUB_AGENTS],
      ...[...LENSES.map(({ agent }) => agent), SUMMARY_AGENT],
      ...[REFACTOR_PLANNER, REFACTOR_EDITOR, REFACTOR_CHECKER, TEST_ANALYST, TEST_WRITER, TEST_CHECKER],
      ...PIPELINE_AGENTS,
      ...Object.values(WORKFLOW_AGENTS),
    ].map(({ name }) => name),
  ),
].sort();
