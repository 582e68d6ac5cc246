// VoltAgent's workflows are chains: a graph becomes one parallel group per layer.
import { layersOf } from '../workload.mjs';
import { stubModel } from './stub-model.mjs';

let core;
let any;

const nothing = () => {};
const silent = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  child: () => silent,
};

const load = async () => {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  core = await import('@voltagent/core');
  any = (await import('zod')).z.any();
};

function graph({ tasks, call, concurrency }) {
  const { createWorkflowChain, andThen } = core;
  let chain = createWorkflowChain({ id: 'graph', name: 'graph', input: any, result: any, logger: silent });
  for (const [index, layer] of layersOf(tasks).entries()) {
    const step = (task) => andThen({ id: task.id, execute: async () => ({ [task.id]: await call(task) }) });
    const each = andThen({ id: `step${index}`, execute: async ({ data }) => call(data) });
    chain =
      concurrency === Number.POSITIVE_INFINITY
        ? chain.andAll({ id: `layer${index}`, steps: layer.map(step) })
        : chain.andForEach({ id: `layer${index}`, items: async () => layer, concurrency, step: each });
  }
  const flow = chain.toWorkflow();
  return async () => {
    const { status, error } = await flow.run({});
    if (status !== 'completed') throw new Error(`${status}: ${error?.message ?? error}`);
  };
}

function stream({ agents, source, onText }) {
  const team = Array.from({ length: agents }, (_, agent) => {
    const name = `a${agent}`;
    return new core.Agent({
      id: name,
      name,
      instructions: 'x',
      model: stubModel(source),
      memory: false,
      logger: silent,
    });
  });
  const one = async (agent, index) => {
    const { textStream } = await agent.streamText('go');
    for await (const text of textStream) onText(index, text);
  };
  return () => Promise.all(team.map(one));
}

export default [{ name: 'VoltAgent', load, graph, stream }];
