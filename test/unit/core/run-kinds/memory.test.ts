import assert from 'node:assert/strict';
import type { AgentTask } from '../../../../src/core/agents/types.ts';
import { DEFAULT_CONFIG, OFFLINE_ACCOUNT } from '../../../../src/core/config.ts';
import type { RunOptions } from '../../../../src/core/requests.ts';
import { callSettings, type KindContext } from '../../../../src/core/run-kinds/run-kind.ts';
import { TASK_KIND } from '../../../../src/core/run-kinds/task.ts';
import { WORKFLOW_KIND } from '../../../../src/core/run-kinds/workflow.ts';
import { TASK_REQUEST } from '../../../support/task-run-fixture.ts';

function contextOf(memory: boolean, options: RunOptions = {}): KindContext {
  return {
    workspace: null,
    stores: { findings: new Proxy({}, { get: (_, name) => assert.fail(`findings.${String(name)}`) }) as never },
    past: { read: async () => null, renderPrompt: async () => '' },
    config: { ...DEFAULT_CONFIG, history: { ...DEFAULT_CONFIG.history, memory } },
    eligible: [OFFLINE_ACCOUNT],
    options,
    signal: new AbortController().signal,
    knownSecrets: [],
  };
}

describe('memory of a run', () => {
  const kinds = {
    task: (context: KindContext) => TASK_KIND.prepare(TASK_REQUEST, context),
    workflow: (context: KindContext) =>
      WORKFLOW_KIND.prepare({ kind: 'workflow', workflow: 'devops-setup', params: {} }, context),
  };
  for (const [kind, prepare] of Object.entries(kinds)) {
    it(`of a ${kind} is as the configuration has it, unless the run says otherwise`, async () => {
      const remembers = async (configured: boolean, options?: RunOptions) => {
        const { tasks } = await prepare(contextOf(configured, options));
        const said = tasks.map(({ payload }) => (payload as unknown as AgentTask).call.memory ?? false);
        assert.equal(new Set(said).size, 1);
        return said[0];
      };
      assert.deepEqual([await remembers(false), await remembers(true)], [false, true]);
      assert.equal(await remembers(true, { memory: false }), false);
      assert.equal(await remembers(false, { memory: true }), true);
    });
  }

  it('is no matter of the configuration where a run judges or changes code as it stands', () => {
    assert.equal(callSettings(contextOf(true), null).memory, undefined);
    assert.equal(callSettings(contextOf(true, { memory: true }), null).memory, true);
  });
});
