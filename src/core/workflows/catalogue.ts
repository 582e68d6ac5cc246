import { EnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';
import { nearestName } from '../nearest-name.ts';
import type { ReviewDepth, ReviewRequest, ReviewTarget } from '../requests.ts';
import { type ParamDefinition, readParams } from './params.ts';

/** A workflow as it is listed (S3, `GET /api/workflows/list`). */
export interface WorkflowDefinition {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly estimatedDurationSeconds: number;
  readonly complexity: 'simple' | 'moderate' | 'complex';
  readonly params: readonly ParamDefinition[];
}

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

/** The workflows that come with the product. */
export const BUILT_IN_WORKFLOWS: readonly WorkflowDefinition[] = [CODE_REVIEW];

/**
 * The request behind a workflow and its parameters. Throws `not-found` for an unknown workflow, with the nearest name, and
 * `invalid-input` for a parameter that is unknown, of the wrong type, or contradicts another.
 */
export function requestOfWorkflow(id: string, params: Readonly<Record<string, Json>>): ReviewRequest {
  const workflow = BUILT_IN_WORKFLOWS.find((one) => one.id === id);
  if (!workflow) {
    const ids = BUILT_IN_WORKFLOWS.map((one) => one.id);
    const near = nearestName(id, ids);
    throw new EnsembleError('not-found', `There is no workflow "${id}".`, {
      hint: near === null ? `There are: ${ids.join(', ')}.` : `Did you mean "${near}"?`,
    });
  }
  return codeReview(readParams(workflow.params, params));
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
