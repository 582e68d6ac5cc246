import assert from 'node:assert/strict';
import * as z from 'zod';
import { prefixedContext } from '../../../../src/core/agents/prefixed-context.ts';
import { ToolCalls } from '../../../../src/core/agents/tool-calls.ts';
import { ToolRecords } from '../../../../src/core/agents/tool-records.ts';
import { defineTool } from '../../../../src/core/agents/tools/tool.ts';
import { ToolBox } from '../../../../src/core/agents/tools/tool-box.ts';
import type { Json } from '../../../../src/core/json.ts';
import { type ApprovalAction, actionHashOf, QuestionKeys } from '../../../../src/core/policy/approval.ts';
import type { Stores, TaskExecution } from '../../../../src/core/ports.ts';
import { FakeContext, FakeConversations } from './fakes.ts';

/** A context as after crashes: effects that were begun, and answers by the names of their questions. */
class CrashedContext extends FakeContext {
  readonly asked: string[] = [];
  readonly begun: Map<string, number>;
  readonly given: Map<string, boolean>;
  readonly #keys = new QuestionKeys();

  constructor(
    journal: ReadonlyMap<string, Json>,
    begun: Readonly<Record<string, number>>,
    given: Map<string, boolean>,
  ) {
    super(journal);
    // Executors may take a context apart.
    this.effect = this.effect.bind(this);
    this.begun = new Map(Object.entries(begun));
    this.given = given;
  }

  readonly interruptions = (key: string): number => this.begun.get(key) ?? 0;

  /** A person allows whatever is asked anew. */
  override approve = async (action: ApprovalAction): Promise<boolean> => {
    const key = this.#keys.next(actionHashOf(action));
    const known = this.given.get(key);
    if (known !== undefined) return known;
    this.asked.push(action.title);
    this.given.set(key, this.answers.get(action.title) ?? true);
    return this.given.get(key) === true;
  };
}

const done: Json[] = [];
let build = 1;
const deploy = defineTool({
  name: 'deploy',
  description: 'Does something outside.',
  effect: 'external',
  input: z.strictObject({}),
  prepare: async () => ({ title: 'Deploy?', details: [], action: { build } }),
  run: async (_, { allowed }) => {
    done.push(allowed);
    return 'deployed';
  },
});

function callsOn(context: FakeContext): ToolCalls {
  const nothing = { workspace: null, files: null, diagnostics: null, commands: null, knownSecrets: () => [] };
  const box = new ToolBox({
    tools: [deploy],
    context: (attempt, signal, allowed) => ({ ...nothing, attempt, signal, allowed }) as never,
    refusal: () => null,
  });
  const records = new ToolRecords({
    conversations: new FakeConversations() as Stores['conversations'],
    execution: { runId: 'R', task: { id: 't' } } as TaskExecution,
    knownSecrets: () => [],
  });
  const handoff = { ask: () => assert.fail(), next: () => null };
  return new ToolCalls({ box, records, context: prefixedContext(context, 'merge-'), mail: null, handoff });
}

describe('tool calls that a person allows', () => {
  beforeEach(() => {
    done.length = 0;
    build = 1;
  });
  const call = [{ id: 'c', name: 'deploy', arguments: '{}' }];
  const result = async (context: FakeContext) => (await callsOn(context).results(1, call))[0]?.content;

  it('do what was allowed, also where the same call would be another one after a crash', async () => {
    const given = new Map<string, boolean>();
    const first = new CrashedContext(new Map(), {}, given);
    await result(first);
    assert.deepEqual([first.asked, done], [['Deploy?'], [{ build: 1 }]]);
    build = 2;
    const prepared = new Map([...first.journal].filter(([key]) => key.includes('ask-')));
    assert.equal(prepared.size, 1);
    await result(new CrashedContext(prepared, {}, given));
    assert.deepEqual(done, [{ build: 1 }, { build: 1 }]);
  });

  it('are asked about once more after each crash in their middle, and after none that left an outcome', async () => {
    const given = new Map<string, boolean>();
    const asked: string[][] = [];
    let journal: ReadonlyMap<string, Json> = new Map();
    for (let crashes = 0; crashes <= 2; crashes++) {
      const context = new CrashedContext(new Map(), { 'merge-tool-1-1': crashes }, given);
      await result(context);
      asked.push(context.asked);
      journal = context.journal;
    }
    assert.deepEqual(asked, [['Deploy?'], ['Once more: Deploy?'], ['Once more: Deploy?']]);
    const known = new CrashedContext(journal, { 'merge-tool-1-1': 2 }, given);
    await result(known);
    assert.deepEqual([known.asked, done.length], [[], 3]);
  });

  it('are not made without leave, and the agent is told why', async () => {
    const no = new CrashedContext(new Map(), {}, new Map());
    no.answers.set('Deploy?', false);
    assert.match((await result(no)) ?? '', /did not allow it/);
    const doubtful = new CrashedContext(new Map(), { 'merge-tool-1-1': 1 }, new Map());
    doubtful.answers.set('Once more: Deploy?', false);
    assert.match((await result(doubtful)) ?? '', /not known.*not allowed a second time/);
    assert.deepEqual(done, []);
  });
});
