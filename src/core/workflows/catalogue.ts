import { EnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';
import { nearestName } from '../nearest-name.ts';
import type {
  PipelineRequest,
  RefactorRequest,
  ReviewDepth,
  ReviewRequest,
  ReviewTarget,
  RunRequest,
  TestGenerationRequest,
  WorkflowRequest,
} from '../requests.ts';
import { DECIDE } from './graphs/decide.ts';
import { DEVOPS_SETUP } from './graphs/devops-setup.ts';
import { FULLSTACK_DEV } from './graphs/fullstack-dev.ts';
import { PERFORMANCE_OPTIMIZATION } from './graphs/performance-optimization.ts';
import { SECURITY_AUDIT } from './graphs/security-audit.ts';
import { TESTING_SUITE } from './graphs/testing-suite.ts';
import { type ParamDefinition, readParams } from './params.ts';
import type { WorkflowDefinition } from './workflow-definition.ts';
import type { GraphWorkflow, WorkflowGraph } from './workflow-graph.ts';

export type { WorkflowDefinition } from './workflow-definition.ts';

/** Rounds of rework where nobody says how many. */
export const DEFAULT_ROUNDS = 1;

const DEPTHS: readonly ReviewDepth[] = ['quick', 'standard', 'thorough'];

const CODE_REVIEW: WorkflowDefinition = {
  id: 'code-review',
  name: 'Code Review',
  description:
    'Five reviewers look at the code at once, for correctness, security, performance, tests and documentation; a summary follows.',
  category: 'quality',
  tags: ['review', 'quality', 'security', 'performance', 'tests', 'documentation'],
  estimatedDurationSeconds: 150,
  complexity: 'moderate',
  params: [
    {
      name: 'paths',
      aliases: ['changedFiles', 'path'],
      type: 'strings',
      default: [''],
      description: 'Files and folders to review, relative to the workspace; by default all of it.',
    },
    {
      name: 'depth',
      aliases: ['reviewDepth'],
      type: 'string',
      default: 'standard',
      values: DEPTHS,
      description: 'quick: correctness and security; standard: all five; thorough: all five, twice.',
    },
    {
      name: 'diff',
      aliases: ['base'],
      type: 'string',
      default: null,
      description:
        'Review what has changed instead of paths: against this branch, tag or commit, or "" for what is not committed.',
    },
  ],
};

const PATH: ParamDefinition = {
  name: 'path',
  aliases: ['file'],
  type: 'string',
  default: null,
  required: true,
  description: 'The file, relative to the workspace. It has to be given.',
};

const REFACTOR: WorkflowDefinition = {
  id: 'refactor',
  name: 'Refactor',
  description:
    'One agent plans what to change in a file, others edit, another checks each edit; what is left is proposed as a diff.',
  category: 'development',
  tags: ['refactoring', 'quality', 'edits'],
  estimatedDurationSeconds: 90,
  complexity: 'moderate',
  params: [
    PATH,
    {
      name: 'goals',
      aliases: ['goal'],
      type: 'string',
      default: null,
      description: 'What should become better; by default readability without a change of behaviour.',
    },
  ],
};

const TEST_GENERATOR: WorkflowDefinition = {
  id: 'test-generator',
  name: 'Test Generator',
  description:
    "Writes tests for a file in the project's own framework and style: one agent names the cases, one writes, one checks.",
  category: 'quality',
  tags: ['tests', 'quality'],
  estimatedDurationSeconds: 90,
  complexity: 'moderate',
  params: [
    PATH,
    {
      name: 'framework',
      aliases: [],
      type: 'string',
      default: null,
      description: 'vitest, jest, mocha, node:test, pytest, unittest or go test; by default what the project uses.',
    },
  ],
};

const SOP: WorkflowDefinition = {
  id: 'sop',
  name: 'Requirement to Code',
  description:
    'A product manager, an architect, a developer and a QA engineer turn a requirement into stories, a design, files and tests; QA may send the work back.',
  category: 'development',
  tags: ['pipeline', 'sop', 'requirements', 'design', 'implementation', 'tests'],
  estimatedDurationSeconds: 300,
  complexity: 'complex',
  params: [
    {
      name: 'requirement',
      aliases: ['task'],
      type: 'string',
      default: null,
      required: true,
      description: 'What should be built. It has to be given.',
    },
    {
      name: 'paths',
      aliases: ['files', 'path'],
      type: 'strings',
      default: [],
      description: 'Files that the team is shown and may change, relative to the workspace.',
    },
    {
      name: 'rounds',
      aliases: ['maxRounds'],
      type: 'string',
      default: String(DEFAULT_ROUNDS),
      values: ['0', '1', '2', '3', '4', '5'],
      description: 'How often the QA engineer may send the work back.',
    },
  ],
};

/** The workflows that are graphs of steps. */
const GRAPHS: readonly GraphWorkflow[] = [
  FULLSTACK_DEV,
  SECURITY_AUDIT,
  TESTING_SUITE,
  PERFORMANCE_OPTIMIZATION,
  DEVOPS_SETUP,
  DECIDE,
];

/** The workflows that come with the product, without what makes their graphs: they are listed as JSON. */
export const BUILT_IN_WORKFLOWS: readonly WorkflowDefinition[] = [
  CODE_REVIEW,
  REFACTOR,
  TEST_GENERATOR,
  SOP,
  ...GRAPHS.map(({ build: _, ...definition }) => definition),
];

/** The built-in workflow behind a kind of run that has a command of its own; null: none is. */
export function workflowOf(kind: RunRequest['kind']): string | null {
  if (kind === 'review') return CODE_REVIEW.id;
  if (kind === 'refactor') return REFACTOR.id;
  if (kind === 'test-gen') return TEST_GENERATOR.id;
  return kind === 'pipeline' ? SOP.id : null;
}

/** What a workflow can stand for. */
type NamedRequest = ReviewRequest | RefactorRequest | TestGenerationRequest | PipelineRequest | WorkflowRequest;

/**
 * The request behind a workflow and its parameters. Throws `not-found` for an unknown workflow, with the nearest name, and
 * `invalid-input` for a parameter that is unknown, of the wrong type, or contradicts another.
 */
export function requestOfWorkflow(id: string, params: Readonly<Record<string, Json>>): NamedRequest {
  const workflow = BUILT_IN_WORKFLOWS.find((one) => one.id === id);
  if (!workflow) {
    const ids = BUILT_IN_WORKFLOWS.map((one) => one.id);
    const near = nearestName(id, ids);
    throw new EnsembleError('not-found', `There is no workflow "${id}".`, {
      hint: near === null ? `There are: ${ids.join(', ')}.` : `Did you mean "${near}"?`,
    });
  }
  const values = readParams(workflow.params, params);
  if (GRAPHS.some((one) => one.id === id)) return { kind: 'workflow', workflow: id, params };
  if (workflow === REFACTOR) return { kind: 'refactor', target: fileOf(values), goals: textOf(values, 'goals') };
  if (workflow === TEST_GENERATOR)
    return { kind: 'test-gen', target: fileOf(values), framework: textOf(values, 'framework') };
  return workflow === SOP ? pipeline(values) : codeReview(values);
}

function pipeline(values: ReadonlyMap<string, Json>): PipelineRequest {
  const requirement = textOf(values, 'requirement');
  if (requirement === null) {
    throw new EnsembleError('invalid-input', 'The parameter "requirement" is missing.', {
      hint: 'Say what should be built.',
    });
  }
  const paths = values.get('paths') as readonly string[];
  return { kind: 'pipeline', requirement, paths, rounds: Number(values.get('rounds')) };
}

/** The graph of a workflow that is one; null: the workflow is another kind of run. Throws `invalid-input` for its parameters. */
export function graphOfWorkflow({ workflow, params }: WorkflowRequest): { name: string; graph: WorkflowGraph } | null {
  const found = GRAPHS.find((one) => one.id === workflow);
  return found ? { name: found.name, graph: found.build(readParams(found.params, params)) } : null;
}

function fileOf(values: ReadonlyMap<string, Json>): { readonly type: 'file'; readonly path: string } {
  const path = textOf(values, PATH.name);
  if (path !== null) return { type: 'file', path };
  throw new EnsembleError('invalid-input', 'The parameter "path" is missing.', {
    hint: 'Name the file, relative to the workspace.',
  });
}

function textOf(values: ReadonlyMap<string, Json>, name: string): string | null {
  const value = values.get(name);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function codeReview(values: ReadonlyMap<string, Json>): ReviewRequest {
  return { kind: 'review', depth: values.get('depth') as ReviewDepth, target: targetOf(values) };
}

function targetOf(values: ReadonlyMap<string, Json>): ReviewTarget {
  const paths = values.get('paths') as readonly string[];
  const base = values.get('diff') as string | null;
  if (base === null) return { type: 'paths', paths };
  if (paths.length !== 1 || paths[0] !== '') {
    throw new EnsembleError('invalid-input', 'The parameters "paths" and "diff" exclude each other.', {
      hint: 'Leave one of them out.',
    });
  }
  return { type: 'diff', base: base === '' ? null : base };
}
