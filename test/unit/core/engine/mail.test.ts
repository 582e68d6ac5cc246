import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import { replayRun } from '../../../../src/core/engine/replay-run.ts';
import type { TaggedMessage } from '../../../../src/core/messages/message-tags.ts';
import {
  MAX_MESSAGES_OF_TASK,
  MAX_MESSAGES_OF_TURN,
  MAX_RUN_CONTENT,
} from '../../../../src/core/messages/run-message.ts';
import { EVERYBODY } from '../../../../src/core/messages/types.ts';
import type { ExecutionContext, TaskMail } from '../../../../src/core/ports.ts';
import { behaviourOf, engineOn, finish, snapshot, TestRun, task } from '../../../support/engine-fixture.ts';
import { FailingJournal } from '../../../support/failing-journal.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, failed, ScriptedExecutor } from '../../../support/scripted-executor.ts';

function data(to: string, content: string): TaggedMessage {
  return { to, kind: to === EVERYBODY ? 'broadcast' : 'data', content, inReplyTo: null };
}

function request(to: string, content: string): TaggedMessage {
  return { to, kind: 'request', content, inReplyTo: null };
}

function mailOf({ mail }: Pick<ExecutionContext, 'mail'>): TaskMail {
  return mail ?? assert.fail('no mail');
}

describe('messages between tasks', () => {
  it('reach a task that starts later, at its start, and one that runs at its next turn', async () => {
    const run: TestRun = new TestRun(
      new ScriptedExecutor({
        sender: async (_, context) => {
          await run.clock.sleep(5);
          mailOf(context).send('turn-1', [data('running', 'to the running'), data('later', 'to the later')]);
          return done();
        },
        running: async (_, context) => {
          const first = mailOf(context).take('turn-1').length;
          await run.clock.sleep(10);
          return done(
            `${first} then ${mailOf(context)
              .take('turn-2')
              .map((one) => `${one.from}: ${one.content}`)}`,
          );
        },
        later: (_, context) =>
          done(
            mailOf(context)
              .take('turn-1')
              .map((one) => one.content)
              .join(),
          ),
      }),
    );
    const result = await run.run([task('sender'), task('running'), task('later', ['sender'])]);
    assert.equal(result.result, 'sender=null running=0 then sender: to the running later=to the later');
    const rows = await run.journal.messages('R');
    assert.deepEqual(
      rows.map(({ id, from, to, kind, deliveries }) => [id, from, to, kind, deliveries.map((one) => one.instanceId)]),
      [
        [1, 'sender', 'running', 'data', ['running']],
        [2, 'sender', 'later', 'data', ['later']],
      ],
    );
    const events = run.events.filter(({ type }) => type === 'agent:message');
    assert.deepEqual(
      events.map((event) => event.type === 'agent:message' && [event.phase, event.taskId, event.id]),
      [
        ['sent', 'sender', 1],
        ['sent', 'sender', 2],
        ['delivered', 'later', 2],
        ['delivered', 'running', 1],
      ],
    );
  });

  it('to an agent reach all its open tasks, to everybody also tasks that are added later, never the sender', async () => {
    const told: Record<string, string> = {};
    const run = new TestRun(
      new ScriptedExecutor(
        {
          sender: (_, context) => {
            mailOf(context).send('turn-1', [data('coder', 'for coders'), data(EVERYBODY, 'for all')]);
            told.sender = mailOf(context).take('turn-2').join();
            return { ...done(), extend: [task('added')] } as ReturnType<typeof done>;
          },
        },
        ({ task: { id } }, context) => {
          told[id] = mailOf(context)
            .take('turn-1')
            .map((one) => one.content)
            .join();
          return done();
        },
      ),
    );
    await run.run([
      task('sender'),
      task('one', ['sender'], { agent: 'coder' }),
      task('two', ['sender'], { agent: 'coder' }),
    ]);
    assert.deepEqual(told, { sender: '', one: 'for coders,for all', two: 'for coders,for all', added: 'for all' });
  });

  it('that cannot be sent are told with the reason and the nearest name', async () => {
    let problems: readonly string[] = [];
    const run = new TestRun(
      new ScriptedExecutor(
        {
          sender: (_, context) => {
            const mail = mailOf(context);
            problems = [
              data('databse', 'x'),
              data('sender', 'x'),
              data('database', 'x'.repeat(MAX_RUN_CONTENT + 1)),
              { to: 'database', kind: 'response', content: 'x', inReplyTo: 7 } as const,
              data('early', 'x'),
            ].flatMap((one, index) => mail.send(`turn-${index}`, [one]).problems);
            return done();
          },
        },
        () => done(),
      ),
    );
    await run.run([task('early'), task('sender', ['early']), task('database', ['sender'])]);
    assert.match(problems[0] ?? '', /nobody has that name\. Did you mean "database"\? There are: database, worker/);
    assert.match(problems[1] ?? '', /addressed to its sender/);
    assert.match(problems[2] ?? '', /20001 characters, at most 20000/);
    assert.match(problems[3] ?? '', /nobody asked you with a request 7/);
    assert.match(problems[4] ?? '', /"early" has ended/);
    assert.equal(problems.length, 5);
    assert.deepEqual(await run.journal.messages('R'), []);
    const refused = run.events.filter((event) => event.type === 'agent:message' && event.phase === 'refused');
    assert.equal(refused.length, 5);
  });

  it('are bounded, per task and per turn', async () => {
    let problems: readonly string[] = [];
    const turns: number[] = [];
    const run = new TestRun(
      new ScriptedExecutor({
        sender: (_, context) => {
          const many = Array.from({ length: 500 }, (_one, index) => data('receiver', `no. ${index}`));
          ({ problems } = mailOf(context).send('turn-1', many));
          return done();
        },
        receiver: (_, context) => {
          for (let turn = 1; turn <= 4; turn++) turns.push(mailOf(context).take(`turn-${turn}`).length);
          return done();
        },
      }),
    );
    await run.run([task('sender'), task('receiver', ['sender'])]);
    assert.deepEqual(turns, [
      MAX_MESSAGES_OF_TURN,
      MAX_MESSAGES_OF_TURN,
      MAX_MESSAGES_OF_TASK - 2 * MAX_MESSAGES_OF_TURN,
      0,
    ]);
    assert.equal(problems.length, 6);
    assert.match(problems[5] ?? '', /^445 more messages/);
    assert.ok((await run.kinds()).length < 80);
  });

  it('of a failed attempt are told to the next one again, and what it sent is not sent twice', async () => {
    const told: string[] = [];
    const run = new TestRun(
      new ScriptedExecutor({
        first: (_, context) => {
          mailOf(context).send('turn-1', [data('flaky', 'hello')]);
          return done();
        },
        flaky: ({ attempt }, context) => {
          told.push(
            mailOf(context)
              .take('turn-1')
              .map((one) => one.content)
              .join(),
          );
          mailOf(context).send('turn-1', [data('last', 'from flaky')]);
          return attempt === 1 ? failed('no', { retryable: true }) : done();
        },
        last: (_, context) =>
          done(
            mailOf(context)
              .take('turn-1')
              .map((one) => one.content)
              .join(),
          ),
      }),
    );
    const retry = { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 1 };
    const result = await run.run([task('first'), task('flaky', ['first'], { retry }), task('last', ['flaky'])]);
    assert.deepEqual(told, ['hello', 'hello']);
    assert.equal(result.tasks.at(-1)?.output, 'from flaky');
    assert.equal((await run.journal.messages('R'))[0]?.deliveries.length, 1);
  });
});

describe('a request between tasks', () => {
  it('waits without a slot until it is answered', async () => {
    const run: TestRun = new TestRun(
      new ScriptedExecutor({
        asker: async (_, context) => {
          const mail = mailOf(context);
          const { sent } = mail.send('turn-1', [request('answerer', 'which port?')]);
          const wait = await mail.wait(
            'replies-1',
            sent.map(({ id }) => id),
            60_000,
          );
          const [answer] = mail.take('turn-2');
          return done(`${wait.because} ${answer?.kind} to ${answer?.inReplyTo}: ${answer?.content}`);
        },
        answerer: async (_, context) => {
          const [asked] = mailOf(context).take('turn-1');
          await run.clock.sleep(50);
          mailOf(context).send('turn-1', [{ to: '', kind: 'response', content: '8080', inReplyTo: asked?.id ?? 0 }]);
          return done();
        },
      }),
    );
    const result = await run.run([task('asker', [], { priority: 9 }), task('answerer')], snapshot(1));
    assert.equal(result.tasks[0]?.output, 'message response to 1: 8080');
  });

  it('ends with a clear result when nobody answers: too late, all ended, or nobody who could', async () => {
    const ask = (to: string) => async (_: unknown, context: ExecutionContext) => {
      const { sent } = mailOf(context).send('turn-1', [request(to, 'well?')]);
      const { because, unanswered } = await mailOf(context).wait(
        'replies-1',
        sent.map(({ id }) => id),
        60_000,
      );
      return done(`${because} ${unanswered.map((one) => one.to)}`);
    };
    const run: TestRun = new TestRun(
      new ScriptedExecutor({
        patient: ask('slow'),
        slow: async () => {
          await run.clock.sleep(100_000);
          return done();
        },
        left: ask('quick'),
        quick: async () => {
          await run.clock.sleep(5);
          return done();
        },
        early: ask('after'),
        after: () => done(),
      }),
    );
    const result = await run.run(
      [task('patient'), task('slow'), task('left'), task('quick'), task('early'), task('after', ['early'])],
      snapshot(6),
    );
    const outputs = Object.fromEntries(result.tasks.map(({ id, output }) => [id, output]));
    assert.equal(outputs.patient, 'timed-out slow');
    assert.equal(outputs.left, 'nobody-left quick');
    assert.equal(outputs.early, 'nobody-left after');
  });

  it('of two tasks at each other leads to two answers and no deadlock', async () => {
    const both = (other: string) => async (_: unknown, context: ExecutionContext) => {
      const mail = mailOf(context);
      const { sent } = mail.send('turn-1', [request(other, 'and you?')]);
      const open = new Set(sent.map(({ id }) => id));
      for (let turn = 2; open.size > 0; turn++) {
        await mail.wait(`replies-${turn}`, [...open], 60_000);
        for (const message of mail.take(`turn-${turn}`)) {
          if (message.kind === 'request') {
            const answer = { to: '', kind: 'response', content: 'fine', inReplyTo: message.id } as const;
            mail.send(`turn-${turn}`, [answer]);
          } else if (message.inReplyTo !== null) open.delete(message.inReplyTo);
        }
      }
      return done('answered');
    };
    const run = new TestRun(new ScriptedExecutor({ a: both('b'), b: both('a') }));
    const result = await run.run([task('a'), task('b')], snapshot(1));
    assert.equal(result.result, 'a=answered b=answered');
    assert.equal(run.clock.now(), Date.UTC(2026, 0, 1));
  });
});

/** What every task of a made-up run writes: to whom, turn by turn. */
const PLANS = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), { minLength: 2, maxLength: 5 });

/** Tasks that write to one another over three turns, each turn an effect; the last task reads what is left. */
class Talk {
  readonly clock = new FakeClock();
  /** Ids that a turn's effect was really performed with, per task. */
  readonly told = new Map<string, string[]>();

  readonly #plan: readonly (readonly number[])[];

  constructor(plan: readonly (readonly number[])[]) {
    this.#plan = plan;
  }

  get tasks() {
    const ids = this.#plan.map((_, index) => `t${index}`);
    return [...ids.map((id) => task(id)), task('end', ids)];
  }

  executor(): ScriptedExecutor {
    return new ScriptedExecutor({}, async ({ task: { id } }, context) => {
      const mail = mailOf(context);
      const targets = this.#plan[Number(id.slice(1))] ?? [];
      const got: string[] = [];
      for (let turn = 1; turn <= 3; turn++) {
        const key = `turn-${turn}`;
        const told = mail.take(key).map((one) => `${one.from}>${one.content}`);
        const text = await context.effect(key, { told }, async () => {
          await this.clock.sleep(1 + (((Number(id.slice(1)) || 7) * turn) % 5));
          return `${id}.${turn}`;
        });
        got.push(...told);
        const outgoing = targets.map((target, index) =>
          data(target === 0 ? EVERYBODY : target > this.#plan.length ? 'end' : `t${target - 1}`, `${text}.${index}`),
        );
        mail.send(key, outgoing);
      }
      this.told.set(id, got);
      return done(got.join(' '));
    });
  }
}

async function live(talk: Talk, inner: MemoryJournal, limit: number, keepLast: boolean, first: boolean) {
  const failing = new FailingJournal(inner, limit, keepLast);
  const engine = engineOn(failing.journal, talk.clock);
  const behaviour = behaviourOf(talk.executor());
  try {
    const plan = { runId: 'R', snapshot: snapshot(3), tasks: talk.tasks };
    const handle = await (first ? engine.start(plan, behaviour) : engine.resume('R', () => behaviour));
    return { result: await finish(talk.clock, handle.result), appends: failing.appends };
  } catch {
    return { result: null, appends: failing.appends };
  }
}

describe('messages of a run that crashes at any append', () => {
  it('are each sent once, told once, in the order of their sender, and the replay agrees', async () => {
    await fc.assert(
      fc.asyncProperty(PLANS, fc.nat(), fc.boolean(), async (plan, place, keepLast) => {
        const whole = await live(new Talk(plan), new MemoryJournal(), Number.POSITIVE_INFINITY, true, true);
        const limit = 1 + (place % Math.max(1, whole.appends));
        const talk = new Talk(plan);
        const journal = new MemoryJournal();
        await live(talk, journal, limit, keepLast, true);
        const { result } = await live(talk, journal, Number.POSITIVE_INFINITY, true, false);
        assert.equal(result?.status, 'completed');

        const entries = await journal.read('R');
        const sent = entries.flatMap((one) => (one.kind === 'message-sent' ? [one] : []));
        assert.deepEqual(
          sent.map(({ payload }) => payload.id),
          sent.map((_, index) => index + 1),
        );
        // One thing comes of each message that a turn wrote, however often the turn was come back to.
        const places = entries.flatMap((one) =>
          one.kind === 'message-sent' || one.kind === 'message-refused'
            ? [`${one.instanceId}/${one.attempt}/${one.payload.key}`]
            : [],
        );
        assert.equal(new Set(places).size, places.length);
        for (const { id, output } of result?.tasks ?? []) {
          const told = entries.flatMap((one) =>
            one.kind === 'message-delivered' && one.instanceId === id ? one.payload.ids : [],
          );
          assert.equal(new Set(told).size, told.length, `${id} was told twice`);
          const order = [...told].sort((a, b) => a - b);
          assert.deepEqual(told, order, `${id} was told out of order`);
          // What it put into its output is what the journal says that it was told.
          const texts = told.map((one) => sent[one - 1]).map((one) => `${one?.instanceId}>${one?.payload.content}`);
          assert.deepEqual(String(output).split(' ').filter(Boolean), texts);
        }
        // The last task starts when all others have ended: nothing that was sent to it can be missing.
        const forEnd = sent.filter(({ payload }) => payload.receivers === null || payload.receivers.includes('end'));
        const atEnd = entries.flatMap((one) =>
          one.kind === 'message-delivered' && one.instanceId === 'end' ? one.payload.ids : [],
        );
        assert.deepEqual(
          atEnd,
          forEnd
            .filter((one) => one.instanceId !== 'end')
            .map(({ payload }) => payload.id)
            .slice(0, 3 * MAX_MESSAGES_OF_TURN),
        );
        await replayRun(entries, talk.executor(), new AbortController().signal);
      }),
      { numRuns: 150 },
    );
  });
});
