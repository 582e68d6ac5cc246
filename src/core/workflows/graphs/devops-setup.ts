import { assignmentOf, type GraphWorkflow, type WorkflowStep } from '../workflow-graph.ts';

/** Infrastructure first, what runs on it at once, a runbook (S3, workflow 6). */
export const DEVOPS_SETUP: GraphWorkflow = {
  id: 'devops-setup',
  name: 'DevOps Setup',
  description:
    'Infrastructure is designed first; pipeline, monitoring, database migrations and hardening follow at once, and a runbook for the deployment.',
  category: 'devops',
  tags: ['devops', 'infrastructure', 'pipeline', 'monitoring'],
  estimatedDurationSeconds: 240,
  complexity: 'complex',
  params: [
    {
      name: 'platform',
      aliases: [],
      type: 'string',
      default: 'aws',
      description: 'Where it runs: aws, azure, gcp, ...',
    },
    {
      name: 'cicd',
      aliases: ['pipeline'],
      type: 'string',
      default: 'github-actions',
      description: 'What builds and delivers it.',
    },
    {
      name: 'monitoring',
      aliases: [],
      type: 'boolean',
      default: true,
      description: 'Set up monitoring and alerts, too.',
    },
  ],
  build: (values) => {
    const parts = PARTS.filter(({ id }) => id !== 'monitoring-setup' || values.get('monitoring') === true);
    return {
      assignment: assignmentOf('Set up how the software is run and delivered.', {
        Platform: values.get('platform'),
        Pipeline: values.get('cicd'),
      }),
      code: null,
      report: null,
      steps: [INFRASTRUCTURE, ...parts, runbook(parts)],
    };
  },
};

const INFRASTRUCTURE: WorkflowStep = {
  id: 'infrastructure-design',
  agent: 'cloud-architect',
  description: 'Design the infrastructure',
  prompt:
    'Design the infrastructure: environments, networks, compute, storage, identities, cost, recovery; as code where that says it best.',
  after: [],
  priority: 10,
  tier: 'complex',
};

const PARTS: readonly WorkflowStep[] = [
  part(
    'cicd-pipeline',
    'deployment-engineer',
    'Set up the pipeline',
    'Write the pipeline: build, checks, images, roll-out to each environment, roll-back.',
  ),
  part(
    'monitoring-setup',
    'devops-troubleshooter',
    'Set up monitoring and alerts',
    'Set up metrics, logs, traces, dashboards and alerts, with thresholds.',
  ),
  part(
    'database-migration',
    'database-optimizer',
    'Plan database migrations',
    'Plan how the database is migrated without an outage, backed up and restored.',
  ),
  part(
    'security-hardening',
    'security-auditor',
    'Harden the setup',
    'Harden it: identities with the fewest rights, secrets, networks, images, audit logs.',
  ),
];

function part(id: string, agent: WorkflowStep['agent'], description: string, prompt: string): WorkflowStep {
  return { id, agent, description, prompt, after: [INFRASTRUCTURE.id], priority: 8, tier: 'medium' };
}

function runbook(parts: readonly WorkflowStep[]): WorkflowStep {
  return {
    id: 'deployment-runbook',
    agent: 'deployment-engineer',
    description: 'Write the deployment runbook',
    prompt:
      'Write the runbook: first set-up step by step, an ordinary deployment, roll-back, restore, and what to do for each alert.',
    after: [INFRASTRUCTURE.id, ...parts.map(({ id }) => id)],
    priority: 6,
    tier: 'medium',
  };
}
