import { assignmentOf, type GraphWorkflow, type WorkflowStep } from '../workflow-graph.ts';

const SCOPES = ['full', 'unit', 'integration'] as const;

/** A strategy, unit tests of both sides at once, then tests of the whole (S3, workflow 3). */
export const TESTING_SUITE: GraphWorkflow = {
  id: 'testing-suite',
  name: 'Testing Suite',
  description:
    'A test strategy, then unit tests of server and user interface at once, integration and end-to-end tests, and a report on coverage.',
  category: 'testing',
  tags: ['tests', 'quality', 'coverage'],
  estimatedDurationSeconds: 180,
  complexity: 'moderate',
  params: [
    {
      name: 'testScope',
      aliases: ['scope'],
      type: 'string',
      default: 'full',
      values: SCOPES,
      description: 'full; unit: without integration and end-to-end tests; integration: without unit tests.',
    },
    {
      name: 'framework',
      aliases: [],
      type: 'string',
      default: null,
      description: "jest, vitest, mocha, pytest, ...; by default the project's own.",
    },
    { name: 'coverage', aliases: [], type: 'number', default: 80, description: 'Lines to be covered, per cent.' },
    {
      name: 'path',
      aliases: ['codebasePath', 'paths'],
      type: 'strings',
      default: [''],
      description: 'Files and folders to test, relative to the workspace; by default all of it.',
    },
  ],
  build: (values) => {
    const scope = values.get('testScope');
    const unit = scope === 'integration' ? [] : UNIT;
    const whole = scope === 'unit' ? [] : wholeTests(unit);
    const tests = [...unit, ...whole];
    return {
      assignment: assignmentOf('Write the tests of the code.', {
        Framework: values.get('framework'),
        'Lines to be covered': `${String(values.get('coverage'))} %`,
        Paths: values.get('path'),
      }),
      code: { type: 'paths', paths: values.get('path') as readonly string[] },
      report: 'coverage-report',
      steps: [STRATEGY, ...tests, report(tests)],
    };
  },
};

const STRATEGY: WorkflowStep = {
  id: 'test-strategy',
  agent: 'test-automator',
  description: 'Define the test strategy',
  prompt:
    'Define the strategy: what is tested at which level and why, the cases of each module in order of risk, what needs a fake, and what is left out.',
  after: [],
  priority: 10,
  tier: 'complex',
  readsCode: true,
};

const UNIT: readonly WorkflowStep[] = [
  test(
    'backend-unit-tests',
    'Write unit tests of the server',
    'Write the unit tests of the code on the server.',
    ['test-strategy'],
    9,
  ),
  test(
    'frontend-unit-tests',
    'Write unit tests of the user interface',
    'Write the unit tests of the user interface.',
    ['test-strategy'],
    9,
  ),
];

function wholeTests(unit: readonly WorkflowStep[]): WorkflowStep[] {
  const before = unit.length > 0 ? unit.map(({ id }) => id) : ['test-strategy'];
  return [
    test(
      'integration-tests',
      'Write integration tests',
      'Write tests of modules together: data, API, errors between them. Use the fakes of the unit tests.',
      before,
      8,
    ),
    test(
      'e2e-tests',
      'Write end-to-end tests',
      'Write tests of the whole as a person uses it: the main ways, and what happens when a service is gone.',
      ['integration-tests'],
      7,
    ),
  ];
}

function test(
  id: string,
  description: string,
  prompt: string,
  after: readonly string[],
  priority: number,
): WorkflowStep {
  return { id, agent: 'test-automator', description, prompt, after, priority, tier: 'medium', readsCode: true };
}

function report(tests: readonly WorkflowStep[]): WorkflowStep {
  return {
    id: 'coverage-report',
    agent: 'test-automator',
    description: 'Report on the coverage',
    prompt:
      'Write the report: which code and which cases the tests above cover, an honest estimate of the lines covered against the goal, what is missing in order of risk, and how to run the tests.',
    after: ['test-strategy', ...tests.map(({ id }) => id)],
    priority: 6,
    tier: 'medium',
  };
}
