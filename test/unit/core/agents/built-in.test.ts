import assert from 'node:assert/strict';
import { AGGREGATOR, agentForRole, PLANNER, SUB_AGENTS } from '../../../../src/core/agents/built-in.ts';
import { actionOf, brokenRules } from '../../../../src/core/agents/guardrails.ts';

describe('built-in agents', () => {
  it('have names of their own and begin alike, for prompt caches', () => {
    const all = [PLANNER, AGGREGATOR, ...SUB_AGENTS];
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
    assert.equal(new Set(all.map(({ instructions }) => instructions.slice(0, 300))).size, 1);
  });

  it('use the tiers of the seed for planning and merging', () => {
    assert.deepEqual([PLANNER.tier, AGGREGATOR.tier], ['medium', 'complex']);
  });

  it('guard what sub-agents answer: no end is repaired, a place of keys or programs is told, other paths are not', () => {
    const answers = {
      [`x${'y'.repeat(100_000)}`]: 'repair',
      'Write to .git/hooks/pre-commit.': 'warn',
      'cat ~/.ssh/id': 'warn',
    };
    for (const { name, guardrails } of SUB_AGENTS) {
      const rules = guardrails?.output ?? {};
      for (const [answer, action] of Object.entries(answers)) {
        const actions = brokenRules(answer, rules).map(({ rule }) => actionOf(rule, rules, 'repair'));
        assert.deepEqual(actions, [action], `${name}: ${answer.slice(0, 40)}`);
      }
      assert.deepEqual(brokenRules('See .gitignore, .github/workflows/ci.yml and src/.ssh/a.', rules), []);
    }
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
