// A language model in the AI SDK's format, for engines that build on it.
const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};
const FINISHED = { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: USAGE };

/** Streams what `source` (an async iterable of texts) gives. */
export function stubModel(source) {
  return {
    specificationVersion: 'v3',
    provider: 'stub',
    modelId: 'stub',
    supportedUrls: {},
    async doGenerate() {
      throw new Error('It only streams.');
    },
    async doStream() {
      const texts = source();
      let opened = false;
      const stream = new ReadableStream({
        async pull(controller) {
          if (!opened) {
            opened = true;
            controller.enqueue({ type: 'stream-start', warnings: [] });
            controller.enqueue({ type: 'text-start', id: '1' });
          }
          const { value, done } = await texts.next();
          if (!done) return controller.enqueue({ type: 'text-delta', id: '1', delta: value });
          controller.enqueue({ type: 'text-end', id: '1' });
          controller.enqueue(FINISHED);
          controller.close();
        },
      });
      return { stream };
    },
  };
}
