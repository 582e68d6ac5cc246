import assert from 'node:assert/strict';
import { NO_USAGE } from '../../../../src/core/model.ts';
import type { UsageRecord } from '../../../../src/core/ports.ts';
import { csvOf, sinceOf } from '../../../../src/shells/cli/usage-report.ts';

const ATTEMPT: UsageRecord = {
  account: 'one',
  model: 'openai/m',
  outcome: 'completed',
  tokens: { ...NO_USAGE, input: 10, output: 5 },
  costUSD: 0.25,
  latencyMs: 12,
  runId: 'run',
  instanceId: 'task',
  agent: 'agent',
  possiblyBilled: false,
  at: '2026-01-31T10:00:00.000Z',
};

describe('csvOf', () => {
  it('writes a head and one line per attempt, with an unknown cost left empty', () => {
    const [head, known, unknown] = csvOf([ATTEMPT, { ...ATTEMPT, costUSD: null }]).split('\r\n');
    assert.match(head ?? '', /^at,account,model,outcome,input,output,cached,reasoning,estimated,costUSD,/);
    assert.equal(known, '2026-01-31T10:00:00.000Z,one,openai/m,completed,10,5,0,0,false,0.25,false,12,run,task,agent');
    assert.match(unknown ?? '', /,false,,false,12,/);
  });

  it('quotes what needs it, and makes no formula of a name', () => {
    const csv = csvOf([{ ...ATTEMPT, agent: 'a "b", c', model: '=HYPERLINK("x")' }]);
    assert.match(csv, /"a ""b"", c"/);
    assert.match(csv, /"'=HYPERLINK\(""x""\)"/);
  });
});

describe('sinceOf', () => {
  it('takes a day, else goes back 30 days, and refuses nonsense', () => {
    assert.equal(sinceOf('2026-01-31', 0), '2026-01-31T00:00:00.000Z');
    assert.equal(sinceOf(undefined, Date.UTC(2026, 0, 31)), '2026-01-01T00:00:00.000Z');
    for (const bad of ['yesterday', '2026-13-01', '31.1.2026', '']) assert.throws(() => sinceOf(bad, 0), /not a day/);
  });
});
