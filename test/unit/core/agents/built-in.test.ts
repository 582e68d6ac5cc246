import assert from 'node:assert/strict';
import { AGGREGATOR, agentForRole, PLANNER, SUB_AGENTS } from '../../../../src/core/agents/built-in.ts';

describe('built-in agents', () => {
  it('have names of their own and begin alike, for prompt caches', () => {
    const all = [PLANNER, AGGREGATOR, ...SUB_AGENTS];
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
    assert.equal(new Set(all.map(({ instructions }) => instructions.slice(0, 300))).size, 1);
  });

  it('use the tiers of the seed for planning and merging', () => {
    assert.deepEqual([PLANNER.tier, AGGREGATOR.tier], ['medium', 'complex']);
  });

  const roles = {
    coder: 'coder',
    ' Coder ': 'coder',
    developer: 'coder',
    'Backend Engineer': 'coder',
    'Security Auditor': 'reviewer',
    'QA engineer': 'tester',
    'test-automator': 'tester',
    'Technical writer': 'writer',
    'Data analyst': 'researcher',
    'Database designer': 'architect',
    juggler: 'generalist',
    '': 'generalist',
  };
  for (const [role, name] of Object.entries(roles)) {
    it(`give the role "${role}" to the ${name}`, () => assert.equal(agentForRole(role).name, name));
  }
});
