import { assignmentOf, type GraphWorkflow, type WorkflowStep } from '../workflow-graph.ts';

/** A baseline, three optimisations at once, a load test, one report (S3, workflow 4). */
export const PERFORMANCE_OPTIMIZATION: GraphWorkflow = {
  id: 'performance-optimization',
  name: 'Performance Optimization',
  description:
    'A baseline, then user interface, server and database at once, a load test for what was proposed, and a report.',
  category: 'performance',
  tags: ['performance', 'frontend', 'backend', 'database'],
  estimatedDurationSeconds: 210,
  complexity: 'moderate',
  params: [
    {
      name: 'targetMetrics',
      aliases: ['targets'],
      type: 'object',
      default: null,
      description: 'What is to be reached, as JSON such as {"lcp":2.5,"apiResponseTime":200}.',
    },
    {
      name: 'currentBaseline',
      aliases: ['baseline'],
      type: 'object',
      default: null,
      description: 'What is measured today, as JSON such as {"lcp":5.2,"apiResponseTime":800}.',
    },
    {
      name: 'path',
      aliases: ['codebasePath', 'paths'],
      type: 'strings',
      default: [''],
      description: 'Files and folders to look at, relative to the workspace; by default all of it.',
    },
  ],
  build: (values) => ({
    assignment: assignmentOf('Make the software faster.', {
      'Targets (seconds for lcp, ms for the rest)': values.get('targetMetrics'),
      'Measured today': values.get('currentBaseline'),
      Paths: values.get('path'),
    }),
    code: { type: 'paths', paths: values.get('path') as readonly string[] },
    report: 'performance-report',
    steps: [
      {
        id: 'baseline',
        agent: 'performance-engineer',
        description: 'Establish the baseline',
        prompt:
          'Establish the baseline: what dominates each figure by the code, what each part may take if the targets are to be met, how to measure it, and where to look first.',
        after: [],
        priority: 10,
        tier: 'complex',
        readsCode: true,
      },
      part(
        'frontend-optimization',
        'performance-engineer',
        'Optimize the user interface',
        'Propose changes of the user interface: loading, rendering, bundles, caches.',
      ),
      part(
        'backend-optimization',
        'performance-engineer',
        'Optimize the server',
        'Propose changes of the server: hot paths, input and output, concurrency, caches.',
      ),
      part(
        'database-optimization',
        'database-optimizer',
        'Optimize the queries',
        'Propose changes of queries, indexes and schema, each with the query that it is for.',
      ),
      {
        id: 'load-testing',
        agent: 'test-automator',
        description: 'Write the load test',
        prompt:
          'Write a load test that tells whether the proposals reach the targets: scenarios, load, thresholds, code.',
        after: ['frontend-optimization', 'backend-optimization', 'database-optimization'],
        priority: 7,
        tier: 'medium',
      },
      {
        id: 'performance-report',
        agent: 'performance-engineer',
        description: 'Write the performance report',
        prompt:
          'Write the report: for each target whether it can be met, all proposals by what they bring for what they cost, the order to do them in, and how to measure the effect.',
        after: ['baseline', 'frontend-optimization', 'backend-optimization', 'database-optimization', 'load-testing'],
        priority: 6,
        tier: 'medium',
      },
    ],
  }),
};

function part(id: string, agent: WorkflowStep['agent'], description: string, prompt: string): WorkflowStep {
  return { id, agent, description, prompt, after: ['baseline'], priority: 8, tier: 'medium', readsCode: true };
}
