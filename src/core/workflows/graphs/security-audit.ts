import type { Json } from '../../json.ts';
import type { ReviewTarget } from '../../requests.ts';
import { assignmentOf, type GraphWorkflow, type WorkflowStep } from '../workflow-graph.ts';

const SCOPES = ['full', 'changed-files-only'] as const;

/** A threat model, four audits at once, one report (S3, workflow 2). */
export const SECURITY_AUDIT: GraphWorkflow = {
  id: 'security-audit',
  name: 'Security Audit',
  description:
    'A threat model by the OWASP Top 10, then audits of browser code, server code, dependencies and infrastructure at once, and a report.',
  category: 'security',
  tags: ['security', 'owasp', 'audit'],
  estimatedDurationSeconds: 240,
  complexity: 'complex',
  params: [
    {
      name: 'codebasePath',
      aliases: ['path', 'paths'],
      type: 'strings',
      default: [''],
      description: 'Files and folders to audit, relative to the workspace; by default all of it.',
    },
    {
      name: 'scope',
      aliases: [],
      type: 'string',
      default: 'full',
      values: SCOPES,
      description: 'full, or only what has changed and is not committed.',
    },
  ],
  build: (values) => ({
    assignment: assignmentOf('Audit the security of the code.', {
      Paths: values.get('codebasePath'),
      Scope: values.get('scope'),
    }),
    code: codeOf(values),
    report: 'security-report',
    steps: [
      {
        id: 'threat-model',
        agent: 'security-auditor',
        description: 'Model the threats',
        prompt:
          'Give an overview: assets, entry points, trust boundaries, the most likely threats by the OWASP Top 10, and for each where in the code an audit should look.',
        after: [],
        priority: 10,
        tier: 'complex',
        readsCode: true,
      },
      audit(
        'frontend-audit',
        'frontend-security-coder',
        'Audit the code in the browser',
        'Audit the code that runs in the browser.',
      ),
      audit(
        'backend-audit',
        'backend-security-coder',
        'Audit the code on the server',
        'Audit the code that runs on the server.',
      ),
      audit(
        'dependency-scan',
        'security-auditor',
        'Audit the dependencies',
        'Audit the dependencies that the code and its manifests name: known weaknesses, abandoned or typo-squatted packages, versions that are not pinned. Say what could not be checked without a registry.',
      ),
      audit(
        'infrastructure-review',
        'cloud-architect',
        'Review the infrastructure',
        'Review configuration and infrastructure as the files show it: containers, pipelines, networks, identities, secrets.',
      ),
      {
        id: 'security-report',
        agent: 'security-auditor',
        description: 'Write the security report',
        prompt:
          'Write the report: a verdict in two sentences, then all findings in order of risk with place, evidence, consequence and fix, each once; then what was not looked at.',
        after: ['threat-model', 'frontend-audit', 'backend-audit', 'dependency-scan', 'infrastructure-review'],
        priority: 6,
        tier: 'medium',
      },
    ],
  }),
};

function audit(id: string, agent: WorkflowStep['agent'], description: string, prompt: string): WorkflowStep {
  return { id, agent, description, prompt, after: ['threat-model'], priority: 8, tier: 'medium', readsCode: true };
}

function codeOf(values: ReadonlyMap<string, Json>): ReviewTarget {
  const paths = values.get('codebasePath') as readonly string[];
  return values.get('scope') === 'full' ? { type: 'paths', paths } : { type: 'diff', base: null, paths };
}
