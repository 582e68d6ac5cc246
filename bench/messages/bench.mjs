// What a message costs beside a plain queue, and that it costs the same among many. Needs Node 24 or newer.
import { createMessageBus } from '../../src/compose/message-bus.ts';

const AGENTS = 10;
const COUNTS = [100, 1_000, 10_000, 100_000];
/** Runs of each; the fastest counts, because a busy machine only ever adds. */
const REPETITIONS = 25;
const RATIO_GOAL = 3;

const onMessage = async () => {};
const nextAgent = (agent) => (agent + 1) % AGENTS;

/** The least that it can cost: an array for each agent. */
async function plainQueue(count) {
  const inboxes = Array.from({ length: AGENTS }, () => []);
  let agent = 0;
  inboxes[0].push(0);
  for (let sent = 1; inboxes[agent].length > 0; sent++) {
    const message = inboxes[agent].shift();
    await onMessage(agent, message);
    if (sent === count) break;
    agent = nextAgent(agent);
    inboxes[agent].push(message + 1);
  }
}

/** A chain of messages among the agents, each sent by who got the one before. */
async function chain(count) {
  const names = Array.from({ length: AGENTS }, (_, index) => `agent-${index}`);
  const bus = createMessageBus({ agents: names });
  let sent = 1;
  await new Promise((resolve) => {
    names.forEach((from, agent) => {
      const to = names[nextAgent(agent)];
      bus.subscribe(from, async ({ content }) => {
        await onMessage(agent, content);
        if (sent === count) return resolve();
        sent += 1;
        bus.send({ from, to, content });
      });
    });
    bus.send({ from: names[AGENTS - 1], to: names[0], content: 'x' });
  });
  bus.close();
}

/** All messages wait in one mailbox before the first is read. */
async function backlog(count) {
  const bus = createMessageBus({ agents: ['a', 'b'] });
  for (let i = 0; i < count; i++) bus.send({ from: 'a', to: 'b', content: 'x' });
  let seen = 0;
  await new Promise((resolve) => {
    bus.subscribe('b', () => {
      seen += 1;
      if (seen === count) resolve();
    });
  });
}

async function microsecondsPerMessage(work, count) {
  const began = performance.now();
  await work(count);
  return ((performance.now() - began) * 1_000) / count;
}

/** What a message costs by their number: microseconds of a plain queue, of the bus, and their ratio. */
export async function measureMessages() {
  const variants = [plainQueue, chain, backlog];
  for (const work of variants) for (let i = 0; i < 3; i++) await work(10_000); // warm
  const rows = [];
  for (const count of COUNTS) {
    const times = variants.map(() => []);
    // Interleaved, so that a busy moment of the machine hits all alike.
    for (let i = 0; i < REPETITIONS; i++) {
      for (const [index, work] of variants.entries()) times[index].push(await microsecondsPerMessage(work, count));
    }
    const [queue, bus, waiting] = times.map((all) => Math.min(...all));
    rows.push({ count, queue, bus, waiting, ratio: bus / queue });
  }
  return rows;
}

export async function run() {
  const rows = await measureMessages();
  console.log('| messages | plain queue, µs each | bus, chain, µs each | ratio | bus, backlog, µs each |');
  console.log('|---|---|---|---|---|');
  for (const { count, queue, bus, waiting, ratio } of rows) {
    const cells = [count.toLocaleString('en'), ...[queue, bus, ratio, waiting].map((value) => value.toFixed(2))];
    console.log(`| ${cells.join(' | ')} |`);
  }
  const worst = Math.max(...rows.map(({ ratio }) => ratio));
  console.log(`\nGoal: at most ${RATIO_GOAL} x a plain queue. Worst here: ${worst.toFixed(2)} x.`);
}
