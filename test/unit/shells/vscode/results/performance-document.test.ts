import assert from 'node:assert/strict';
import type { AgentFigures, CallFigures } from '../../../../../src/core/tracing/span-store.ts';
import { performanceDocument } from '../../../../../src/shells/vscode/results/performance-document.ts';

const CALLS: CallFigures = {
  name: 'grok-1',
  calls: 201,
  failedCalls: 1,
  success: 200 / 201,
  latencyMs: { p50: 850, p95: 4_100 },
  tokens: { input: 12_000, output: 345, cached: 0, reasoning: 0, estimated: false },
  costUSD: 0.0123,
  unknownCosts: 0,
};

const AGENT: AgentFigures = {
  ...CALLS,
  name: 'coder',
  tasks: 3,
  failedTasks: 1,
  tools: 0,
  failedTools: 0,
  handoffs: 2,
  messages: 0,
};

const SCOPE = { title: 'Last 7 Days', madeAt: 'today' };

describe('performanceDocument', () => {
  it('tells agents, accounts and models in aligned tables, without columns of nothing', () => {
    const report = { runs: 2, agents: [AGENT], accounts: [CALLS], models: [{ ...CALLS, name: 'xai/grok-4' }] };
    const text = performanceDocument(report, SCOPE);
    assert.match(text, /^# Performance: Last 7 Days\n\n2 runs, as of today\./);
    const lines = text.split('\n').filter((line) => line.startsWith('|'));
    assert.deepEqual(lines.slice(0, 3), [
      '| Agent | Calls | Failed | Success |    p50 |   p95 | Tokens |   Cost | Tasks | Failed Tasks | Handoffs |',
      '| ----- | ----: | -----: | ------: | -----: | ----: | -----: | -----: | ----: | -----------: | -------: |',
      '| coder |   201 |      1 |    99 % | 850 ms | 4.1 s |  12.3k | $0.012 |     3 |            1 |        2 |',
    ]);
    assert.doesNotMatch(text, /Tools|Messages|lower bound/);
  });

  it('says that a cost is a lower bound, and that an agent has called no model', () => {
    const idle: AgentFigures = { ...AGENT, name: 'idle', calls: 0, failedCalls: 0, success: 0, latencyMs: null };
    const priced = { ...CALLS, unknownCosts: 1 };
    const text = performanceDocument({ runs: 1, agents: [idle], accounts: [priced], models: [] }, SCOPE);
    assert.match(text, /\| idle +\| +0 \| +0 \| +- \| +- \| +- \|/);
    assert.match(text, /\$0\.012\+/);
    assert.match(text, /The price of 1 call is unknown/);
  });

  it('says that there is nothing, and what to do', () => {
    const text = performanceDocument({ runs: 0, agents: [], accounts: [], models: [] }, SCOPE);
    assert.match(text, /No agent has done anything in this time\.\n\nRun a review or a task/);
  });

  it('takes names as texts', () => {
    const agent = { ...AGENT, name: 'a|b [x](command:evil)\n# c' };
    const text = performanceDocument({ runs: 1, agents: [agent], accounts: [], models: [] }, SCOPE);
    assert.ok(text.includes('a\\|b \\[x\\](command:evil) # c'));
  });
});
