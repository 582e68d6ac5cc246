import type { ParamDefinition } from './params.ts';

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
