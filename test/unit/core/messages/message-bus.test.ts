import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createMessageBus } from '../../../../src/compose/message-bus.ts';
import type { AgentMessage } from '../../../../src/core/messages/types.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const contents = (messages: readonly AgentMessage[]) => messages.map(({ content }) => content);
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('MessageBus: mailboxes', () => {
  it('keeps what is sent until the agent takes it, once', () => {
    const bus = createMessageBus({ agents: ['a', 'b'] });
    const sent = bus.send({ from: 'a', to: 'b', content: 'one' });
    bus.send({ from: 'a', to: 'b', content: 'two' });
    assert.deepEqual(sent, {
      id: 1,
      from: 'a',
      to: 'b',
      kind: 'data',
      content: 'one',
      inReplyTo: null,
    });
    assert.deepEqual(contents(bus.take('b')), ['one', 'two']);
    assert.deepEqual(bus.take('b'), []);
    assert.deepEqual(bus.take('a'), []);
  });

  it('sends a broadcast to all but the sender, and to who joins later', () => {
    const bus = createMessageBus({ agents: ['a', 'b', 'c'] });
    bus.send({ from: 'a', to: 'b', content: 'before' });
    bus.broadcast({ from: 'a', content: 'to all' });
    assert.deepEqual(contents(bus.take('a')), []);
    assert.deepEqual(contents(bus.take('b')), ['before', 'to all']);
    assert.deepEqual(contents(bus.take('c')), ['to all']);
    bus.join('late');
    bus.join('late');
    assert.deepEqual(contents(bus.take('late')), ['to all']);
    assert.deepEqual(contents(bus.take('c')), []);
  });

  it('keeps the latest broadcasts only, where there are many', () => {
    const bus = createMessageBus({ keepBroadcasts: 2 });
    for (let i = 0; i < 11; i++) bus.broadcast({ from: 'a', content: String(i) });
    assert.deepEqual(contents(bus.take('late')), ['9', '10']);
    const none = createMessageBus({ keepBroadcasts: 0 });
    none.broadcast({ from: 'a', content: 'x' });
    assert.deepEqual(none.take('late'), []);
  });

  it('refuses what cannot be sent, and says what to do', () => {
    const bus = createMessageBus({ agents: ['frontend', 'backend'] });
    assert.throws(() => bus.send({ from: 'frontend', to: 'bakend', content: 'x' }), {
      code: 'not-found',
      hint: 'Did you mean "backend"? There are: frontend, backend.',
    });
    assert.throws(() => bus.send({ from: 'backend', to: 'backend', content: 'x' }), { code: 'invalid-input' });
    assert.throws(() => bus.send({ from: 'frontend', to: 'backend', content: 'x'.repeat(100_001) }), {
      code: 'invalid-input',
      message: /at most 100000/,
    });
    for (const name of ['', '*', 'a\nb', 'a"b', 'x'.repeat(129)]) {
      assert.throws(() => bus.join(name), { code: 'invalid-input' });
    }
    assert.throws(() => createMessageBus({ keepBroadcasts: -1 }), { code: 'invalid-input' });
    assert.deepEqual(bus.take('backend'), []);
  });
});

describe('MessageBus: listeners', () => {
  it('gets what waits and what comes, one at a time and never inside of the sending call', async () => {
    const bus = createMessageBus({ agents: ['a', 'b'] });
    bus.send({ from: 'a', to: 'b', content: '1' });
    const seen: string[] = [];
    let running = 0;
    const end = bus.subscribe('b', async ({ content }) => {
      running += 1;
      assert.equal(running, 1);
      await turn();
      seen.push(content);
      running -= 1;
    });
    bus.send({ from: 'a', to: 'b', content: '2' });
    assert.deepEqual(seen, []);
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual(seen, ['1', '2']);
    end();
    end();
    bus.send({ from: 'a', to: 'b', content: '3' });
    assert.deepEqual(contents(bus.take('b')), ['3']);
  });

  it('is the only one of its agent', () => {
    const bus = createMessageBus();
    const end = bus.subscribe('a', () => {});
    assert.throws(() => bus.subscribe('a', () => {}), { code: 'invalid-input', message: /listener/ });
    assert.throws(() => bus.take('a'), { code: 'invalid-input' });
    end();
    bus.subscribe('a', () => {});
    end(); // an ended subscription does not end the next one
    assert.throws(() => bus.take('a'), { code: 'invalid-input' });
  });

  it('may fail on a message: that is told, and the next one comes', async () => {
    const failures: string[] = [];
    const bus = createMessageBus({
      agents: ['a'],
      onListenerError: (error, { content }) => failures.push(`${content}: ${(error as Error).message}`),
    });
    const seen: string[] = [];
    bus.subscribe('b', ({ content }) => {
      if (content === 'bad') throw new Error('no');
      seen.push(content);
    });
    bus.send({ from: 'a', to: 'b', content: 'bad' });
    bus.send({ from: 'a', to: 'b', content: 'good' });
    await turn();
    assert.deepEqual([failures, seen], [['bad: no'], ['good']]);
  });

  it('that ends in the middle leaves the rest in the mailbox', async () => {
    const bus = createMessageBus({ agents: ['a', 'b'] });
    for (const content of ['1', '2', '3']) bus.send({ from: 'a', to: 'b', content });
    const end = bus.subscribe('b', ({ content }) => {
      if (content === '2') end();
    });
    await turn();
    assert.deepEqual(contents(bus.take('b')), ['3']);
  });
});

describe('MessageBus: requests', () => {
  it('gives the response to who asked, and correlates them', async () => {
    const bus = createMessageBus({ agents: ['a'] });
    bus.subscribe('b', ({ id, content }) => void bus.respond(id, { from: 'b', content: `re ${content}` }));
    const [one, two] = await Promise.all([
      bus.request({ from: 'a', to: 'b', content: '1' }),
      bus.request({ from: 'a', to: 'b', content: '2' }),
    ]);
    assert.deepEqual(
      [one, two].map(({ content, inReplyTo, kind, to }) => [content, inReplyTo, kind, to]),
      [
        ['re 1', 1, 'response', 'a'],
        ['re 2', 2, 'response', 'a'],
      ],
    );
    assert.deepEqual(bus.take('a'), []);
  });

  it('gives up after its time-out and keeps a late response in the mailbox', async () => {
    const clock = new FakeClock();
    const bus = createMessageBus({ agents: ['a', 'b'], clock });
    const asked = assert.rejects(bus.request({ from: 'a', to: 'b', content: '?' }, { timeoutMs: 500 }), {
      code: 'request-timeout',
      message: '"b" did not answer the request of "a" within 500 ms.',
    });
    await clock.advance(499);
    assert.equal(clock.sleeping, 1);
    await clock.advance(1);
    await asked;
    bus.respond(1, { from: 'b', content: 'late' });
    assert.deepEqual(contents(bus.take('a')), ['late']);
    assert.equal(clock.sleeping, 0);
  });

  it('leaves no timer behind when it is answered', async () => {
    const clock = new FakeClock();
    const bus = createMessageBus({ agents: ['a', 'b'], clock });
    const asked = bus.request({ from: 'a', to: 'b', content: '?' });
    bus.respond(1, { from: 'b', content: '!' });
    assert.equal((await asked).content, '!');
    assert.equal(clock.sleeping, 0);
  });

  it('can be answered once, by the one who was asked', () => {
    const bus = createMessageBus({ agents: ['a', 'b', 'c'] });
    const { id } = bus.send({ from: 'a', to: 'b', content: '?', kind: 'request' });
    assert.throws(() => bus.respond(id, { from: 'c', content: 'I know' }), { code: 'not-found' });
    assert.throws(() => bus.respond(99, { from: 'b', content: 'x' }), { code: 'not-found' });
    bus.respond(id, { from: 'b', content: 'answer' });
    assert.throws(() => bus.respond(id, { from: 'b', content: 'again' }), { code: 'not-found' });
    assert.deepEqual(contents(bus.take('a')), ['answer']);
  });

  it('stops waiting when it is aborted, when the other fails, and when the bus is closed', async () => {
    const bus = createMessageBus({ agents: ['a', 'b'] });
    const stop = new AbortController();
    const aborted = bus.request({ from: 'a', to: 'b', content: '1' }, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await assert.rejects(aborted, /enough/);
    await assert.rejects(bus.request({ from: 'a', to: 'b', content: '2' }, { signal: stop.signal }), /enough/);
    await assert.rejects(bus.request({ from: 'a', to: 'b', content: '2' }, { timeoutMs: 0 }), {
      code: 'invalid-input',
    });
    assert.deepEqual(contents(bus.take('b')), ['1']);

    const end = bus.subscribe('b', () => Promise.reject(new Error('no')));
    await assert.rejects(bus.request({ from: 'a', to: 'b', content: '3' }), {
      code: 'task-failed',
      message: /"b" failed/,
    });
    end();

    const waiting = bus.request({ from: 'a', to: 'b', content: '4' });
    bus.close();
    await assert.rejects(waiting, { code: 'cancelled' });
    assert.throws(() => bus.send({ from: 'a', to: 'b', content: '5' }), { code: 'invalid-input', message: /closed/ });
  });
});

describe('MessageBus: tags', () => {
  it('sends the tags of an answer and tells what could not be sent', () => {
    const bus = createMessageBus({ agents: ['frontend', 'backend'] });
    const { id } = bus.send({ from: 'backend', to: 'frontend', content: 'Which fields?', kind: 'request' });
    const { text, sent, problems } = bus.sendTagged(
      'frontend',
      [
        'Done.',
        '<AGENT_MESSAGE to="backend">I need the API spec</AGENT_MESSAGE>',
        `<AGENT_MESSAGE to="backend" type="response" in-reply-to="${id}">name, email</AGENT_MESSAGE>`,
        '<AGENT_MESSAGE to="nobody">hello</AGENT_MESSAGE>',
      ].join('\n'),
    );
    assert.equal(text, 'Done.\n\n\n');
    assert.deepEqual(
      sent.map(({ kind, to }) => [kind, to]),
      [
        ['data', 'backend'],
        ['response', 'backend'],
      ],
    );
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /no agent "nobody".*There are: frontend, backend/);
    assert.deepEqual(contents(bus.take('backend')), ['I need the API spec', 'name, email']);
  });
});

describe('MessageBus: under load', () => {
  const names = ['a', 'b', 'c', 'd'] as const;
  const name = fc.constantFrom(...names);
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: fc.constant('send' as const), from: name, to: name }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('broadcast' as const), from: name }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('take' as const), agent: name }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('listen' as const), agent: name }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('stop' as const), agent: name }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('wait' as const) }) },
  );

  it('delivers each message exactly once and in order, whoever listens, stops or takes in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const bus = createMessageBus({ agents: names });
        const expected = new Map<string, number[]>(names.map((agent) => [agent, []]));
        const got = new Map<string, number[]>(names.map((agent) => [agent, []]));
        const ends = new Map<string, () => void>();
        const receive = (agent: string, { id }: AgentMessage) => got.get(agent)?.push(id);
        for (const one of steps) {
          if (one.type === 'send' && one.from !== one.to) {
            expected.get(one.to)?.push(bus.send({ from: one.from, to: one.to, content: '' }).id);
          } else if (one.type === 'broadcast') {
            const { id } = bus.broadcast({ from: one.from, content: '' });
            for (const agent of names) if (agent !== one.from) expected.get(agent)?.push(id);
          } else if (one.type === 'take' && !ends.has(one.agent)) {
            for (const message of bus.take(one.agent)) receive(one.agent, message);
          } else if (one.type === 'listen' && !ends.has(one.agent)) {
            const listener = async (message: AgentMessage) => {
              receive(one.agent, message);
              await Promise.resolve();
            };
            ends.set(one.agent, bus.subscribe(one.agent, listener));
          } else if (one.type === 'stop') {
            ends.get(one.agent)?.();
            ends.delete(one.agent);
          } else if (one.type === 'wait') await turn();
        }
        await turn();
        for (const end of ends.values()) end();
        for (const agent of names) for (const message of bus.take(agent)) receive(agent, message);
        assert.deepEqual(got, expected);
      }),
    );
  });

  it('loses, doubles and reorders nothing among 50 agents with 1,000 messages each', async () => {
    const agents = Array.from({ length: 50 }, (_, index) => `agent-${index}`);
    const bus = createMessageBus({ agents });
    const seen = new Map<string, string[]>();
    for (const agent of agents) {
      bus.subscribe(agent, async ({ from, content }) => {
        const key = `${from} ${agent}`;
        seen.set(key, [...(seen.get(key) ?? []), content]);
        if (content.endsWith('0')) await turn();
      });
    }
    const senders = agents.map(async (from, index) => {
      for (let i = 0; i < 1_000; i++) {
        const to = agents[(index + 1 + (i % 49)) % 50] ?? '';
        bus.send({ from, to, content: String(i) });
        if (i % 100 === 0) await turn();
      }
    });
    await Promise.all(senders);
    const count = () => [...seen.values()].reduce((sum, { length }) => sum + length, 0);
    for (let waited = 0; count() < 50_000 && waited < 10_000; waited++) await turn();
    assert.equal(count(), 50_000);
    for (const numbers of seen.values()) {
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].sort((a, b) => Number(a) - Number(b)),
      );
    }
  });

  it('touches no message twice, however many wait', async () => {
    const bus = createMessageBus({ agents: ['a', 'b'] });
    const total = 100_000;
    for (let i = 0; i < total; i++) bus.send({ from: 'a', to: 'b', content: String(i) });
    let next = 0;
    bus.subscribe('b', ({ content }) => {
      assert.equal(content, String(next));
      next += 1;
    });
    await turn();
    assert.equal(next, total);
  });
});
