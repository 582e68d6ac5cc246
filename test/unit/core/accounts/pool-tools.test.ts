import assert from 'node:assert/strict';
import type { StreamPart, ToolDefinition } from '../../../../src/core/model.ts';
import { answer, FakeProvider, failure } from '../../../support/fake-provider.ts';
import { poolOf, request } from '../../../support/pool-fixture.ts';

const TOOLS: readonly ToolDefinition[] = [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }];
const ASKING: readonly StreamPart[] = [
  { type: 'tool-call', call: { id: '1', name: 'look', arguments: '{}' } },
  { type: 'finish', reason: 'tool-calls', model: null },
];

describe('AccountPool: tools', () => {
  it('passes tools to the provider and what it asks of them back', async () => {
    const asking = new FakeProvider(() => ASKING);
    const outcome = await poolOf({ providers: { asking } }).pool.call(request({ tools: TOOLS }));
    assert.deepEqual(asking.calls[0]?.tools, TOOLS);
    assert.equal(outcome.status, 'completed');
    assert.deepEqual('toolCalls' in outcome && outcome.toolCalls, [{ id: '1', name: 'look', arguments: '{}' }]);
  });

  it('neither sends tools nor tells of any where there are none', async () => {
    const plain = new FakeProvider(() => answer());
    const outcome = await poolOf({ providers: { plain } }).pool.call(request());
    assert.equal('tools' in (plain.calls[0] ?? assert.fail()), false);
    assert.equal('toolCalls' in outcome, false);
  });

  it('goes to an account that takes tools', async () => {
    const without = new FakeProvider(() => answer(), { tools: false });
    const withTools = new FakeProvider(() => ASKING);
    const { pool } = poolOf({ providers: { without, withTools } });
    for (let call = 0; call < 3; call++) {
      const outcome = await pool.call(request({ tools: TOOLS }));
      assert.equal(outcome.attempts.at(-1)?.account, 'withTools');
    }
    assert.equal(without.calls.length, 0);
  });

  it('goes on without tools where no account takes them, and what they gave stays as text', async () => {
    const without = new FakeProvider(() => answer(), { tools: false });
    const { pool } = poolOf({ providers: { without } });
    const asked = { id: '1', name: 'look', arguments: '{"at":"a"}' };
    const messages = [
      { role: 'user' as const, content: 'Go.' },
      { role: 'assistant' as const, content: 'I look.', toolCalls: [asked] },
      { role: 'tool' as const, content: 'Found.', toolCallId: '1' },
    ];
    assert.equal((await pool.call(request({ tools: TOOLS, messages }))).status, 'completed');
    assert.equal('tools' in (without.calls[0] ?? assert.fail()), false);
    assert.deepEqual(without.calls[0]?.messages, [
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: 'I look.\n[asks for look {"at":"a"}]' },
      { role: 'user', content: 'Result of look:\nFound.' },
    ]);
  });

  it('describes the schema of an answer beside tools, which some vendors refuse together', async () => {
    const taking = new FakeProvider(() => answer());
    const { pool } = poolOf({ providers: { taking } });
    const responseSchema = { name: 'findings', schema: { type: 'object', title: 'Findings' } };
    await pool.call(request({ tools: TOOLS, responseSchema }));
    await pool.call(request({ responseSchema }));
    assert.deepEqual(
      taking.calls.map((call) => [
        call.responseSchema?.name ?? null,
        JSON.stringify(call.messages).includes('Findings'),
      ]),
      [
        [null, true],
        ['findings', false],
      ],
    );
  });
});

describe('AccountPool: requests that are too large', () => {
  it('lets another account try, once', async () => {
    const small = new FakeProvider(() => failure('too-large'));
    const large = new FakeProvider(() => answer());
    const { pool } = poolOf({ providers: { small, large } });
    assert.equal((await pool.call(request())).status, 'completed');
    assert.deepEqual([small.calls.length, large.calls.length], [1, 1]);
    // It says nothing about the account.
    assert.equal(pool.status()[0]?.state, 'ready');
  });

  it('fails where no account takes it, without waiting', async () => {
    const small = new FakeProvider(() => failure('too-large'));
    const smaller = new FakeProvider(() => failure('too-large'));
    const outcome = await poolOf({ providers: { small, smaller } }).pool.call(request());
    assert.equal(outcome.status === 'failed' && outcome.failure.cause, 'too-large');
    assert.deepEqual([small.calls.length, smaller.calls.length], [1, 1]);
  });
});

describe('AccountPool: what the vendor says that it charges', () => {
  const parts: StreamPart[] = [
    { type: 'usage', usage: { input: 10, output: 5, cached: 0, reasoning: 0, estimated: false }, costUSD: 0.0005 },
    { type: 'finish', reason: 'stop', model: null },
  ];
  for (const [what, price, costUSD] of [
    ['counts where the price is unknown', null, 0.0005],
    ['gives way to a known price', { inputPerMTok: 1, outputPerMTok: 2 }, 0.00002],
  ] as const) {
    it(what, async () => {
      const { pool, ledger } = poolOf({ providers: { one: new FakeProvider(() => parts) }, price });
      await pool.call(request());
      assert.equal(ledger[0]?.costUSD, costUSD);
    });
  }
});

describe('AccountPool: a vendor that answers with another model than was asked for', () => {
  const usage = { input: 1000, output: 100, cached: 0, reasoning: 0, estimated: false };
  const answered = (model: string | null): StreamPart[] => [
    { type: 'usage', usage },
    { type: 'finish', reason: 'stop', model },
  ];
  const prices = {
    price: (model: string) =>
      ({
        'openai/model-simple': { inputPerMTok: 1, outputPerMTok: 2 },
        'openai/successor': { inputPerMTok: 10, outputPerMTok: 20 },
      })[model] ?? null,
  };
  const bill = async (model: string | null) => {
    const one = new FakeProvider(() => answered(model));
    const { pool, ledger } = poolOf({ providers: { one }, overrides: { prices } });
    await pool.call(request());
    assert.equal(one.calls[0]?.model, 'model-simple');
    return { model: ledger[0]?.model, costUSD: ledger[0]?.costUSD };
  };

  it('bills a retired name, redirected to a dearer model, by what really answered', async () => {
    assert.deepEqual(await bill('successor'), { model: 'openai/successor', costUSD: 0.012 });
  });

  it('bills by the model asked for where the answer names none', async () => {
    assert.deepEqual(await bill(null), { model: 'openai/model-simple', costUSD: 0.0012 });
  });
});
