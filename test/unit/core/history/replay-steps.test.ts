import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import { currentOwner } from '../../../../src/adapters/storage/process-identity.ts';
import { compareAnswers, readableAnswer } from '../../../../src/core/history/compare-answers.ts';
import { Replay } from '../../../../src/core/history/replay-steps.ts';
import type { Message } from '../../../../src/core/model.ts';
import { ATTEMPT, FIRST, RUN, task } from '../../../contract/journal-samples.ts';

const system: Message = { role: 'system', content: 'You review.' };
const user: Message = { role: 'user', content: 'Look.' };

describe('replay of what was said', () => {
  const { journal, stores, history } = openMemoryStorage();
  const replay = new Replay({ history, stores, journal });
  const ids: number[] = [];

  async function say(taskId: string, type: string, messages: readonly Message[], response: string, rerunOf?: number) {
    const call = {
      taskId,
      runId: 'r',
      type,
      messages: messages as never,
      model: 'v/m',
      account: '',
      agent: 'security',
    };
    const id = await stores.conversations.begin({ ...call, ...(rerunOf === undefined ? {} : { rerunOf }) });
    const { createdAt = '' } = (await stores.conversations.get(id)) ?? {};
    if (type !== 'tool') {
      const attempt = { ...ATTEMPT, runId: 'r', instanceId: taskId.slice(2), agent: 'security', possiblyBilled: false };
      await stores.usage.record({ ...attempt, at: createdAt });
    }
    await stores.conversations.finish(id, {
      ...{ response, status: 'completed', tokens: 15, costUSD: 0.1, model: 'v/m', account: 'one' },
    });
    ids.push(id);
    // The next call begins later, as it does where an answer takes any time.
    while (new Date().toISOString() <= createdAt) await Promise.resolve();
  }

  before(async () => {
    await journal.create('r', currentOwner(), { ...FIRST, run: RUN, tasks: [task('a'), task('b')] });
    await say('r/a', 'review', [system, user], 'asks for a file');
    await say('r/a', 'tool', [{ role: 'assistant', content: '{"path":"x"}' }], 'its text');
    await say('r/b', 'review', [system, user], 'other');
    await say('r/a', 'review', [system, user, { role: 'user', content: 'its text' }], 'one\ntwo');
    await say('r/b', 'review', [system, user], 'one\nthree', 4);
  });

  it('goes through a run in the order of its calls, and through one task around a conversation', async () => {
    const run = await replay.outline({ runId: 'r' });
    assert.deepEqual([run.steps.map(({ id }) => id), run.start, run.title], [ids, 0, RUN.title]);
    const part = await replay.outline({ conversation: ids[3] ?? 0 });
    assert.deepEqual([part.steps.map(({ id }) => id), part.start], [[ids[0], ids[1], ids[3]], 2]);
    await assert.rejects(replay.outline({ runId: 'none' }), { code: 'not-found' });
    await assert.rejects(replay.outline({ conversation: 99 }), { code: 'not-found' });
    await assert.rejects(replay.step(run, 99), { code: 'not-found' });
  });

  it('shows of a later turn what is new, its attempts, and what repeats it', async () => {
    const run = await replay.outline({ runId: 'r' });
    const first = await replay.step(run, 0);
    assert.deepEqual([first.messages, first.repeated, first.attempts.length], [[system, user], null, 1]);
    assert.equal(first.task, 'Looks for injections');
    const tool = await replay.step(run, 1);
    assert.deepEqual([tool.messages.map(({ content }) => content), tool.attempts], [['{"path":"x"}'], []]);
    const turn = await replay.step(run, 3);
    assert.deepEqual(
      [turn.messages.map(({ content }) => content), turn.repeated],
      [['its text'], { count: 2, step: 0 }],
    );
    assert.deepEqual([turn.attempts.length, turn.again.map(({ id }) => id)], [1, [ids[4]]]);
    const same = await replay.step(run, 4);
    assert.deepEqual([same.messages.length, same.repeated], [2, null], 'the same once more is shown whole');
  });

  it('compares answers with figures and a diff', async () => {
    const { original, again, sameRequest, diff } = await compareAnswers(replay, stores.conversations, ids[4] ?? 0);
    assert.deepEqual([original.conversation, again.conversation, sameRequest], [ids[3], ids[4], false]);
    assert.deepEqual([again.latencyMs, again.inputTokens, again.attempts], [ATTEMPT.latencyMs, 10, 1]);
    assert.match(diff ?? '', / one\n-two\n[\s\S]*\+three/);
    await assert.rejects(compareAnswers(replay, stores.conversations, ids[0] ?? 0), { code: 'invalid-input' });
    const itself = await compareAnswers(replay, stores.conversations, ids[0] ?? 0, ids[0]);
    assert.deepEqual([itself.diff, itself.sameRequest], ['', true]);
  });

  it('gives up on a diff that would take for ever', async () => {
    const lines = (word: string) => Array.from({ length: 5_000 }, (_, index) => `${word} ${index}`).join('\n');
    await say('r/b', 'review', [system], lines('left'));
    await say('r/b', 'review', [system], lines('right'));
    const [left = 0, right = 0] = ids.slice(-2);
    assert.equal((await compareAnswers(replay, stores.conversations, right, left)).diff, null);
  });

  it('lists the values of an answer that is JSON line by line, and leaves any other as it is', () => {
    assert.equal(readableAnswer({ response: '{"a":[1]}' }), '{\n  "a": [\n    1\n  ]\n}\n');
    for (const response of ['{"a":', '[1] is the answer', '7', 'text', '']) {
      assert.equal(readableAnswer({ response }), response);
    }
    assert.equal(readableAnswer({ response: null }), '');
  });
});
