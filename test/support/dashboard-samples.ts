import type {
  DashboardAccount,
  DashboardAgent,
  DashboardSnapshot,
  DashboardTask,
  HostMessage,
} from '../../src/protocol/dashboard.ts';

/** Half a minute after the runs of the samples began. */
export const NOW = Date.parse('2026-01-05T10:00:30.000Z');
const START = '2026-01-05T10:00:00.000Z';

const at = (seconds: number) => new Date(Date.parse(START) + seconds * 1000).toISOString();

/** A task of a sample. */
export function sampleTask(id: string, changes: Partial<DashboardTask> = {}): DashboardTask {
  return {
    id,
    label: `Does ${id}`,
    agent: `${id}-agent`,
    status: 'completed',
    dependencies: [],
    parentId: null,
    sent: 0,
    received: 0,
    account: 'grok-1',
    model: 'xai/grok-4',
    tokens: 2310,
    costUSD: 0.0123,
    durationMs: 8400,
    startedAt: at(1),
    error: null,
    ...changes,
  };
}

function sampleAgent(name: string, changes: Partial<DashboardAgent> = {}): DashboardAgent {
  return { name, tasks: 1, running: 0, succeeded: 1, failed: 0, ended: 1, tokens: 2310, costUSD: 0.0123, ...changes };
}

function sampleAccount(name: string, changes: Partial<DashboardAccount> = {}): DashboardAccount {
  return {
    name,
    provider: 'xai',
    endpoint: 'api.x.ai',
    state: 'ready',
    cooldown: null,
    headroom: 0.62,
    inFlight: 2,
    queued: 1,
    calls: 41,
    failures: 1,
    tokens: 182_400,
    costUSD: 1.37,
    unknownCosts: 0,
    ...changes,
  };
}

const RUN_ID = '01K5A0000000000000000000A1';

const RUN: NonNullable<DashboardSnapshot['run']> = {
  runId: RUN_ID,
  title: 'Review of src/server',
  status: 'running',
  active: true,
  startedAt: START,
  resumable: false,
  hasResult: false,
  tokens: 6930,
  costUSD: 0.0369,
  durationMs: null,
  error: null,
  questions: [{ taskId: 'tests', agent: 'test-reviewer', text: 'Run the tests in edge.test.js?' }],
  total: 6,
  succeeded: 2,
  failed: 0,
  ended: 2,
  offset: 0,
  agents: [
    sampleAgent('correctness-reviewer'),
    sampleAgent('security-reviewer'),
    sampleAgent('performance-reviewer', { running: 1, succeeded: 0, ended: 0, tokens: 0, costUSD: 0 }),
    sampleAgent('test-reviewer', { running: 1, succeeded: 0, ended: 0, tokens: 0, costUSD: 0 }),
    sampleAgent('documentation-reviewer', { succeeded: 0, ended: 0, tokens: 0, costUSD: 0 }),
    sampleAgent('summariser', { succeeded: 0, ended: 0, tokens: 0, costUSD: 0 }),
  ],
  links: [],
};

const BEGUN = { tokens: 0, costUSD: null, durationMs: null } as const;
const NOT_BEGUN = { ...BEGUN, account: null, model: null, startedAt: null } as const;

const REVIEW_TASKS: readonly DashboardTask[] = [
  sampleTask('correctness', { label: 'Review for correctness', agent: 'correctness-reviewer' }),
  sampleTask('security', {
    label: 'Review for security',
    agent: 'security-reviewer',
    startedAt: at(1.4),
    durationMs: 14_200,
  }),
  sampleTask('performance', {
    ...BEGUN,
    label: 'Review for performance',
    agent: 'performance-reviewer',
    status: 'running',
    account: 'grok-2',
    startedAt: at(9),
  }),
  sampleTask('tests', {
    ...BEGUN,
    label: 'Review for missing and weak tests',
    agent: 'test-reviewer',
    status: 'waiting',
    startedAt: at(16),
  }),
  sampleTask('documentation', {
    ...NOT_BEGUN,
    label: 'Review for documentation',
    agent: 'documentation-reviewer',
    status: 'ready',
  }),
  sampleTask('summary', {
    ...NOT_BEGUN,
    label: 'Sum up the findings',
    agent: 'summariser',
    status: 'pending',
    dependencies: ['correctness', 'security', 'performance', 'tests', 'documentation'],
  }),
];

const ACCOUNTS: readonly DashboardAccount[] = [
  sampleAccount('grok-1'),
  sampleAccount('grok-2', {
    state: 'cooling',
    cooldown: { cause: 'rate-limited', until: at(52) },
    tokens: 96_000,
    costUSD: 0.71,
  }),
  sampleAccount('claude', {
    provider: 'anthropic',
    endpoint: 'api.anthropic.com',
    state: 'key-refused',
    calls: 1,
    failures: 1,
    tokens: 0,
    costUSD: 0,
    inFlight: 0,
    queued: 0,
  }),
  sampleAccount('local', {
    provider: 'ollama',
    endpoint: '127.0.0.1:11434',
    unknownCosts: 3,
    tokens: 12_000,
    costUSD: 0,
  }),
];

const OLDER = [
  {
    runId: '01K59000000000000000000009',
    title: 'Explain the risks',
    status: 'failed',
    active: false,
    startedAt: at(-7200),
  },
  {
    runId: '01K58000000000000000000008',
    title: 'Review of run.ts',
    status: 'interrupted',
    active: false,
    startedAt: at(-9000),
  },
] as const;

/** A review in the middle of its work. */
export const RUNNING: DashboardSnapshot = {
  type: 'snapshot',
  runs: [RUN, ...OLDER].map(({ runId, title, status, active, startedAt }) => ({
    runId,
    title,
    status,
    active,
    startedAt,
  })),
  run: RUN,
  tasks: [...REVIEW_TASKS],
  texts: [
    { id: 'security', text: '{\n  "findings": []\n}', reset: true },
    { id: 'performance', text: 'The loop in load() reads the file once per line.\n'.repeat(12), reset: true },
  ],
  accounts: [...ACCOUNTS],
  trusted: true,
  hasAccounts: true,
};

/** Before anything has run. */
export const EMPTY: DashboardSnapshot = {
  ...RUNNING,
  runs: [],
  run: null,
  tasks: [],
  texts: [],
  accounts: [],
  hasAccounts: false,
};

/** A run that ended badly and can go on. */
export const FAILED: DashboardSnapshot = {
  ...RUNNING,
  run: {
    ...RUN,
    status: 'interrupted',
    active: false,
    questions: [],
    resumable: true,
    hasResult: true,
    durationMs: 21_000,
    failed: 1,
    ended: 3,
    error: {
      message: 'No account could do the work: all are cooling down.',
      hint: 'Wait a minute, then resume the run.',
    },
  },
  tasks: REVIEW_TASKS.map((task) =>
    task.id === 'performance'
      ? {
          ...task,
          status: 'failed',
          durationMs: 6100,
          error: {
            message: 'The account grok-2 was refused: 429 Too Many Requests.',
            hint: 'Lower its requests per minute.',
          },
        }
      : task,
  ),
};

/** A run with so many tasks; as many of them as fit are in the snapshot. */
export function longRun(total: number): DashboardSnapshot {
  const agents = ['planner', 'reader', 'reviewer', 'tester', 'summariser'];
  const each = Math.floor(total / agents.length);
  const shown = Math.min(total, 200);
  const tasks = Array.from({ length: shown }, (_, index) => {
    const layer = Math.floor(index / (shown / agents.length));
    return sampleTask(`t${index}`, {
      label: `Task number ${index}`,
      agent: agents[layer] ?? 'planner',
      status: layer < 3 ? 'completed' : layer === 3 ? 'running' : 'pending',
      dependencies: layer === 0 ? [] : [`t${index - Math.ceil(shown / agents.length)}`],
      startedAt: layer === 4 ? null : at(layer * 6),
      durationMs: layer < 3 ? 5000 : null,
    });
  });
  return {
    ...RUNNING,
    run: {
      ...RUN,
      questions: [],
      total,
      ended: each * 3,
      succeeded: each * 3,
      agents: agents.map((name, index) =>
        sampleAgent(name, {
          tasks: each,
          ended: index < 3 ? each : 0,
          succeeded: index < 3 ? each : 0,
          running: index === 3 ? 1 : 0,
        }),
      ),
      links:
        total > 200
          ? [
              [0, 1],
              [1, 2],
              [2, 3],
              [3, 4],
            ]
          : [],
    },
    tasks,
    texts: [],
  };
}

/** Every string that comes from elsewhere tries to be markup. */
export function hostile(): DashboardSnapshot {
  const evil = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>\${1}{{x}} "'\``;
  const spoil = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((each) => spoil(each, key));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spoil(each, name)]));
    }
    const free = [
      'title',
      'label',
      'agent',
      'account',
      'model',
      'name',
      'provider',
      'endpoint',
      'cause',
      'message',
      'hint',
      'text',
    ];
    return typeof value === 'string' && free.includes(key) ? `${value} ${evil}` : value;
  };
  return spoil({ ...FAILED, run: { ...FAILED.run, questions: RUN.questions } }, '') as DashboardSnapshot;
}

/** A change of the running sample. */
export function samplePatch(changes: Partial<Extract<HostMessage, { type: 'patch' }>>): HostMessage {
  return { type: 'patch', runId: RUN_ID, ...changes };
}

/** Two super-agents with parts below them, one of which is split again; messages between the two. */
export const COORDINATED: DashboardSnapshot = {
  ...RUNNING,
  run: {
    ...RUN,
    title: 'Plan the migration',
    questions: [],
    total: 8,
    succeeded: 3,
    ended: 3,
    agents: [sampleAgent('super-agent', { tasks: 3 })],
  },
  tasks: [
    sampleTask('super-1', {
      ...BEGUN,
      label: 'Super-agent 1 on grok-1',
      agent: 'super-agent',
      status: 'waiting',
      sent: 1,
      received: 2,
    }),
    sampleTask('super-2', {
      ...BEGUN,
      label: 'Super-agent 2 on claude',
      agent: 'super-agent',
      status: 'running',
      account: 'claude',
    }),
    sampleTask('aggregate', {
      ...NOT_BEGUN,
      label: 'Coordinate and merge',
      agent: 'coordinator',
      status: 'pending',
      dependencies: ['super-1', 'super-2'],
    }),
    sampleTask('super-1.data', { label: 'Data model', agent: 'architect', parentId: 'super-1', startedAt: at(4) }),
    sampleTask('super-1.api', {
      ...BEGUN,
      label: 'Move the API',
      agent: 'super-agent',
      status: 'waiting',
      parentId: 'super-1',
      startedAt: at(5),
    }),
    sampleTask('super-1.api.routes', {
      label: 'Routes',
      agent: 'coder',
      parentId: 'super-1.api',
      startedAt: at(9),
      durationMs: 6_000,
    }),
    sampleTask('super-1.api.tests', {
      ...BEGUN,
      label: 'Tests of the routes',
      agent: 'tester',
      status: 'running',
      parentId: 'super-1.api',
      dependencies: ['super-1.api.routes'],
      startedAt: at(16),
    }),
    sampleTask('super-2.survey', {
      label: 'Survey of the code',
      agent: 'researcher',
      parentId: 'super-2',
      account: 'claude',
      startedAt: at(3),
    }),
  ],
  texts: [{ id: 'super-1', text: 'The data model can stay as it is.', reset: true }],
};
