// S3's headline on its six workflows: a simulated model in simulated time, so that every machine measures the same.
import { register } from 'tsx/esm/api';

// The whole product is loaded from its sources, which Node alone does not resolve as the bundler does.
register();
const { HEADLINE, simulateWorkflow } = await import('../../test/support/workflow-simulation.ts');

/** Runs the benchmark and prints its table. */
export async function run() {
  console.log(
    '| workflow | slots | makespan, s | shortest / makespan (goal >= 0.97) | one by one / makespan | prompt tokens (of digests) | everything so far | fewer (goal >= 64 %) | all tokens (goal < 200,000) | facts needed, lost |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  for (const { simulation } of HEADLINE) {
    const one = await simulateWorkflow(simulation);
    const cells = [
      simulation.workflow,
      simulation.maxParallel,
      (one.makespan / 1000).toFixed(0),
      (one.bound / one.makespan).toFixed(4),
      (one.sequential / one.makespan).toFixed(2),
      `${thousands(one.promptTokens)} (${thousands(one.digestTokens)})`,
      thousands(one.everythingTokens),
      `${(100 * (1 - one.promptTokens / one.everythingTokens)).toFixed(1)} %`,
      thousands(one.promptTokens + one.answerTokens),
      `${one.facts}, ${one.lost.length}`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function thousands(tokens) {
  return tokens.toLocaleString('en-US');
}
