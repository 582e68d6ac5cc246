// Mastra's workflows have no edges between steps: a graph becomes one parallel group per layer, or, with a limit, one
// loop per layer, the only primitive that has one.
import { layersOf } from '../workload.mjs';
import { stubModel } from './stub-model.mjs';

let workflows;
let any;

const load = async () => {
  workflows = await import('@mastra/core/workflows');
  any = (await import('zod')).z.any();
};

function graph({ tasks, call, concurrency }) {
  const { createWorkflow, createStep } = workflows;
  const step = (id, execute) => createStep({ id, inputSchema: any, outputSchema: any, execute });
  let flow = createWorkflow({ id: 'graph', inputSchema: any, outputSchema: any });
  for (const [index, layer] of layersOf(tasks).entries()) {
    flow =
      concurrency === Number.POSITIVE_INFINITY
        ? flow.parallel(layer.map((task) => step(task.id, async () => ({ out: await call(task) }))))
        : flow
            .map(async () => layer, { id: `items${index}` })
            .foreach(
              step(`layer${index}`, async ({ inputData }) => ({ out: await call(inputData) })),
              { concurrency },
            );
  }
  flow.commit();
  return async () => {
    const { status, error } = await (await flow.createRun()).start({ inputData: {} });
    if (status !== 'success') throw new Error(`${status}: ${error?.message}`);
  };
}

async function stream({ agents, source, onText }) {
  const { Agent } = await import('@mastra/core/agent');
  const team = Array.from({ length: agents }, (_, agent) => {
    return new Agent({ id: `a${agent}`, name: `a${agent}`, instructions: 'x', model: stubModel(source) });
  });
  const one = async (agent, index) => {
    const { textStream } = await agent.stream('go');
    for await (const text of textStream) onText(index, text);
  };
  return () => Promise.all(team.map(one));
}

export default [{ name: 'Mastra', load, graph, stream }];
