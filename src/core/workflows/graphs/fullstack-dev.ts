import { assignmentOf, type GraphWorkflow, type WorkflowStep } from '../workflow-graph.ts';

/** Server, database and user interface, designed together and built side by side (S3, workflow 1). */
export const FULLSTACK_DEV: GraphWorkflow = {
  id: 'fullstack-dev',
  name: 'Full-Stack Development',
  description:
    'The server side is designed first; database and user interface follow at once, then both are built and tested together.',
  category: 'development',
  tags: ['development', 'frontend', 'backend', 'database', 'tests'],
  estimatedDurationSeconds: 300,
  complexity: 'complex',
  params: [
    {
      name: 'projectType',
      aliases: ['project'],
      type: 'string',
      default: 'web app',
      description: 'What is built, such as "web app" or "e-commerce platform".',
    },
    {
      name: 'features',
      aliases: ['feature'],
      type: 'strings',
      default: [],
      description: 'What it can do, separated by commas.',
    },
    {
      name: 'techStack',
      aliases: ['stack'],
      type: 'object',
      default: null,
      description:
        'What it is built with, as JSON such as {"frontend":"React","backend":"Express","database":"PostgreSQL"}.',
    },
  ],
  build: (values) => ({
    assignment: assignmentOf(`Build a ${String(values.get('projectType'))}.`, {
      Features: values.get('features'),
      'Technology stack': values.get('techStack'),
    }),
    code: null,
    report: null,
    steps: STEPS,
  }),
};

const STEPS: readonly WorkflowStep[] = [
  {
    id: 'backend-architecture',
    agent: 'backend-architect',
    description: 'Design the server side',
    prompt:
      'Design the server side: modules, the API with each route, its input, output and errors, authentication, and the entities that the database has to hold.',
    after: [],
    priority: 10,
    tier: 'complex',
  },
  {
    id: 'database-schema',
    agent: 'database-optimizer',
    description: 'Design the database schema',
    prompt: 'Design the schema for the entities above: tables, keys, constraints, indexes, and the first migration.',
    after: ['backend-architecture'],
    priority: 9,
    tier: 'medium',
  },
  {
    id: 'frontend-architecture',
    agent: 'frontend-developer',
    description: 'Design the user interface',
    prompt: 'Design the user interface: pages, components, state, and which routes of the API each of them calls.',
    after: ['backend-architecture'],
    priority: 9,
    tier: 'medium',
  },
  {
    id: 'api-implementation',
    agent: 'backend-architect',
    description: 'Implement the API',
    prompt: 'Write the code of the API for the schema above: routes, validation, access to the data, errors.',
    after: ['backend-architecture', 'database-schema'],
    priority: 8,
    tier: 'complex',
  },
  {
    id: 'ui-implementation',
    agent: 'frontend-developer',
    description: 'Implement the user interface',
    prompt: 'Write the components, with the calls of the API and their loading, empty and error states.',
    after: ['backend-architecture', 'frontend-architecture'],
    priority: 8,
    tier: 'complex',
  },
  {
    id: 'integration-tests',
    agent: 'test-automator',
    description: 'Write integration tests',
    prompt:
      'Write tests that run the API and the user interface together: each feature once as a person uses it, and its main failures.',
    after: ['api-implementation', 'ui-implementation'],
    priority: 7,
    tier: 'medium',
  },
];
