import {
  type DashboardAccount,
  type DashboardPatch,
  type DashboardProblem,
  type DashboardRun,
  type DashboardRunRow,
  type DashboardSnapshot,
  type DashboardTask,
  type DashboardText,
  type HostMessage,
  TASKS_SHOWN,
  TEXT_SHOWN,
} from '../../../protocol/dashboard.ts';

/** A part of the page that shows something as a picture or as a table. */
export type SectionId = 'graph' | 'timeline' | 'accounts' | 'agents';

/** A task with the end of its text. */
export type PageTask = DashboardTask & { readonly text: string };

/** Everything that the page shows; never changed, only replaced. */
export interface PageState {
  /** `silent`: nobody has answered for a while. */
  readonly phase: 'loading' | 'silent' | 'problem' | 'shown';
  readonly problem: DashboardProblem | null;
  readonly runs: readonly DashboardRunRow[];
  readonly run: DashboardRun | null;
  /** In the order in which they were added. */
  readonly tasks: ReadonlyMap<string, PageTask>;
  /** Null: not known yet. */
  readonly accounts: readonly DashboardAccount[] | null;
  readonly trusted: boolean;
  readonly hasAccounts: boolean;
  /** Id of the task whose details are shown. */
  readonly selected: string | null;
  /** Which element of a picture the Tab key leads to. */
  readonly cursor: Readonly<Partial<Record<SectionId, string>>>;
  readonly asTable: ReadonlySet<SectionId>;
}

/** What the page keeps while it is hidden and over a reload of the window. */
export interface KeptState {
  readonly runId: string | null;
  readonly selected: string | null;
  readonly asTable: readonly SectionId[];
}

const SECTIONS: readonly SectionId[] = ['graph', 'timeline', 'accounts', 'agents'];

/** The page before anything has come. `kept` is whatever an earlier page left, of any version. */
export function initialState(kept: unknown): PageState & { readonly wanted: string | null } {
  const { runId, selected, asTable } = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<KeptState>;
  return {
    phase: 'loading',
    problem: null,
    runs: [],
    run: null,
    tasks: new Map(),
    accounts: null,
    trusted: true,
    hasAccounts: true,
    selected: typeof selected === 'string' ? selected : null,
    cursor: {},
    asTable: new Set(Array.isArray(asTable) ? SECTIONS.filter((section) => asTable.includes(section)) : []),
    wanted: typeof runId === 'string' ? runId : null,
  };
}

/** What is to be kept of a state. */
export function keptOf({ run, selected, asTable }: PageState): KeptState {
  return { runId: run?.runId ?? null, selected, asTable: [...asTable] };
}

/** The state after a message of the extension. */
export function receive(state: PageState, message: HostMessage): PageState {
  switch (message.type) {
    case 'snapshot':
      return afterSnapshot(state, message);
    case 'patch':
      return afterPatch(state, message);
    case 'problem':
      return { ...state, phase: 'problem', problem: message };
  }
}

function afterSnapshot(state: PageState, { runs, run, tasks, texts, ...rest }: DashboardSnapshot): PageState {
  const shown = new Map(tasks.map((task): [string, PageTask] => [task.id, { ...task, text: '' }]));
  addTexts(shown, texts);
  return {
    ...state,
    phase: 'shown',
    problem: null,
    runs,
    run,
    tasks: shown,
    accounts: rest.accounts ?? state.accounts,
    trusted: rest.trusted,
    hasAccounts: rest.hasAccounts,
    selected: state.selected !== null && shown.has(state.selected) ? state.selected : null,
  };
}

function afterPatch(state: PageState, patch: DashboardPatch): PageState {
  const everywhere = {
    ...state,
    runs: patch.runs ?? state.runs,
    accounts: patch.accounts ?? state.accounts,
  };
  if (!state.run || patch.runId !== state.run.runId) return everywhere;
  const tasks = new Map(state.tasks);
  for (const task of patch.tasks ?? []) {
    const before = tasks.get(task.id);
    if (before || tasks.size < TASKS_SHOWN) tasks.set(task.id, { ...task, text: before?.text ?? '' });
  }
  addTexts(tasks, patch.texts ?? []);
  return { ...everywhere, run: patch.run ?? state.run, tasks };
}

function addTexts(tasks: Map<string, PageTask>, texts: readonly DashboardText[]): void {
  for (const { id, text, reset } of texts) {
    const task = tasks.get(id);
    if (task) tasks.set(id, { ...task, text: (reset ? text : task.text + text).slice(-TEXT_SHOWN) });
  }
}
