let langgraph;

const load = async () => {
  langgraph = await import('@langchain/langgraph');
};

const graph =
  (checkpoints) =>
  ({ tasks, call, concurrency }) => {
    const { StateGraph, Annotation, START, MemorySaver } = langgraph;
    const state = Annotation.Root({ last: Annotation({ reducer: (_, last) => last, default: () => '' }) });
    const builder = new StateGraph(state);
    for (const task of tasks) builder.addNode(task.id, async () => ({ last: await call(task) }));
    for (const { id, dependencies } of tasks) {
      const [first = START, ...others] = dependencies;
      builder.addEdge(others.length === 0 ? first : dependencies, id);
    }
    const app = builder.compile(checkpoints ? { checkpointer: new MemorySaver() } : {});
    const config = { recursionLimit: tasks.length + 10, configurable: { thread_id: '1' } };
    if (concurrency !== Number.POSITIVE_INFINITY) config.maxConcurrency = concurrency;
    return () => app.invoke({ last: '' }, config);
  };

/** A chat model inside a node, read as the stream of messages. */
async function stream({ agents, source, onText }) {
  const { StateGraph, MessagesAnnotation, START } = langgraph;
  const { BaseChatModel } = await import('@langchain/core/language_models/chat_models');
  const { ChatGenerationChunk } = await import('@langchain/core/outputs');
  const { AIMessageChunk } = await import('@langchain/core/messages');
  class Stub extends BaseChatModel {
    _llmType() {
      return 'stub';
    }
    async _generate() {
      throw new Error('It only streams.');
    }
    async *_streamResponseChunks(_messages, _options, run) {
      for await (const text of source()) {
        const chunk = new ChatGenerationChunk({ text, message: new AIMessageChunk({ content: text, id: 'm' }) });
        yield chunk;
        await run?.handleLLMNewToken(text, undefined, undefined, undefined, undefined, { chunk });
      }
    }
  }
  const app = new StateGraph(MessagesAnnotation)
    .addNode('agent', async ({ messages }) => ({ messages: [await new Stub({}).invoke(messages)] }))
    .addEdge(START, 'agent')
    .compile();
  const one = async (_, agent) => {
    const events = await app.stream({ messages: [['user', 'go']] }, { streamMode: 'messages' });
    for await (const [message] of events) if (message.content) onText(agent, message.content);
  };
  return () => Promise.all(Array.from({ length: agents }, one));
}

export default [
  { name: 'LangGraph', load, graph: graph(false), stream },
  { name: 'LangGraph, memory saver', load, graph: graph(true) },
];
