import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import { createEnsemble } from '../../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../../src/core/config.ts';
import { validateGraph } from '../../../../src/core/graph/validate.ts';
import type { Json } from '../../../../src/core/json.ts';
import { BUILT_IN_WORKFLOWS, graphOfWorkflow } from '../../../../src/core/workflows/catalogue.ts';
import { planWorkflow } from '../../../../src/core/workflows/plan-workflow.ts';
import { MemoryWorkspace } from '../../../contract/memory-workspace.ts';
import { HEADLINE, simulateWorkflow } from '../../../support/workflow-simulation.ts';

const GRAPHS = ['fullstack-dev', 'security-audit', 'testing-suite', 'performance-optimization', 'devops-setup'];
const CALL = { budget: { usd: null, tokens: null }, loadBalancing: null };

function graph(workflow: string, params: Readonly<Record<string, Json>> = {}) {
  return graphOfWorkflow({ kind: 'workflow', workflow, params })?.graph ?? assert.fail(`${workflow} is no graph`);
}

describe("S3's workflows", () => {
  it('are all there, each with the steps and the waves that S3 gives it', () => {
    const ids = BUILT_IN_WORKFLOWS.map(({ id }) => id);
    for (const id of [...GRAPHS, 'code-review']) assert.ok(ids.includes(id), id);
    const waves = Object.fromEntries(
      GRAPHS.map((id) => {
        const { steps } = graph(id);
        const level = (step: string): number =>
          1 + Math.max(-1, ...(steps.find((one) => one.id === step)?.after ?? []).map(level));
        const levels = steps.map((step) => level(step.id));
        return [id, [...new Set(levels)].map((one) => levels.filter((other) => other === one).length)];
      }),
    );
    assert.deepEqual(waves, {
      'fullstack-dev': [1, 2, 2, 1],
      'security-audit': [1, 4, 1],
      'testing-suite': [1, 2, 1, 1, 1],
      'performance-optimization': [1, 3, 1, 1],
      'devops-setup': [1, 4, 1],
    });
    for (const id of GRAPHS) validateGraph(planWorkflow(graph(id), null, { call: CALL }));
  });

  it('take the parameters as S3 writes them, and as the command line does', () => {
    const stack = { frontend: 'React', backend: 'Express' };
    for (const techStack of [stack, JSON.stringify(stack)]) {
      const { assignment } = graph('fullstack-dev', { projectType: 'shop', features: ['cart', 'checkout'], techStack });
      assert.equal(
        assignment,
        '# Task\n\nBuild a shop.\n\n- Features: cart, checkout\n- Technology stack: frontend React; backend Express',
      );
    }
    const monitored = (monitoring: Json) => graph('devops-setup', { monitoring }).steps.map(({ id }) => id);
    assert.ok(monitored(true).includes('monitoring-setup'));
    assert.ok(!monitored('false').includes('monitoring-setup'));
    assert.throws(() => graph('devops-setup', { monitoring: 'maybe' }), {
      code: 'invalid-input',
      message: /true or false/,
    });
    assert.throws(() => graph('testing-suite', { coverage: 'much' }), { code: 'invalid-input', message: /a number/ });
    assert.throws(() => graph('fullstack-dev', { techStack: '[1]' }), { code: 'invalid-input', message: /an object/ });
    assert.deepEqual(graph('security-audit', { scope: 'changed-files-only' }).code, {
      type: 'diff',
      base: null,
      paths: [''],
    });
    assert.deepEqual(
      graph('testing-suite', { testScope: 'unit' }).steps.map(({ id }) => id),
      ['test-strategy', 'backend-unit-tests', 'frontend-unit-tests', 'coverage-report'],
    );
  });

  it('run without any account, from the code to the document', async () => {
    const storage = openMemoryStorage();
    const workspace = new MemoryWorkspace({ 'src/a.ts': 'export const run = (input: string) => eval(input);\n' });
    const ensemble = await createEnsemble({ config: DEFAULT_CONFIG, storage, workspace });
    for (const workflow of GRAPHS) {
      const result = await ensemble.runWorkflow({ kind: 'workflow', workflow, params: {} });
      assert.equal(result.status, 'completed', workflow);
      assert.equal(result.workflow, workflow);
      assert.equal(result.llm, false);
      assert.match((await storage.stores.documents.get(result.documentId ?? -1))?.content ?? '', /^# [\s\S]*\n## /);
    }
    await ensemble.close();
  });

  it('plan a decision as votes or as a negotiation', () => {
    const idsOf = (params: Readonly<Record<string, Json>>) => {
      const tasks = planWorkflow(graph('decide', { question: 'A or B?', ...params }), null, { call: CALL });
      validateGraph(tasks);
      return tasks.map(({ id }) => id);
    };
    assert.deepEqual(idsOf({}), ['decision.1', 'decision.2', 'decision.3', 'decision']);
    assert.deepEqual(idsOf({ how: 'negotiation', rounds: '2' }), [
      ...['decision.1.1', 'decision.1.2', 'decision.2.1', 'decision.2.2'],
      'decision',
    ]);
    assert.throws(() => graph('decide', {}), { code: 'invalid-input', message: /"question" is missing/ });
    assert.throws(() => graph('decide', { question: 'x', rounds: '9' }), { code: 'invalid-input' });
  });

  it('need a folder where they read code, and say so', async () => {
    const ensemble = await createEnsemble({ config: DEFAULT_CONFIG, storage: openMemoryStorage(), workspace: null });
    const start = (workflow: string) => ensemble.start({ kind: 'workflow', workflow, params: {} });
    await assert.rejects(start('security-audit'), { code: 'invalid-input', hint: /Open a folder/ });
    assert.equal((await (await start('devops-setup')).result).status, 'completed');
    await ensemble.close();
  });

  for (const { simulation, speedup } of HEADLINE) {
    it(`${simulation.workflow}: as fast as its graph allows, 64 % fewer prompt tokens, no fact lost`, async () => {
      const measured = await simulateWorkflow(simulation);
      assert.equal(measured.result.status, 'completed');
      assert.ok(measured.bound / measured.makespan >= 0.97, `${measured.makespan} ms for ${measured.bound}`);
      assert.ok(measured.sequential / measured.makespan >= speedup);
      assert.ok(measured.facts >= 32);
      assert.deepEqual(measured.lost, []);
      const { promptTokens, everythingTokens, answerTokens } = measured;
      assert.ok(promptTokens <= 0.36 * everythingTokens, `${promptTokens} of ${everythingTokens}`);
      assert.ok(promptTokens + answerTokens < 200_000);
    }).timeout(60_000);
  }
});
