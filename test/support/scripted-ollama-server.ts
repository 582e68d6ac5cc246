import { pieces, type Script, ScriptedServer, usageFor, type WireFormat } from './scripted-server.ts';

const FORMAT: WireFormat = {
  keyOf: ({ authorization }) => authorization?.replace(/^Bearer /, '') ?? null,
  isCall: (path) => path === '/api/chat',
  contentType: 'application/x-ndjson',
  models: () => ({ models: [{ name: 'model-b' }, { name: 'model-a' }] }),
  stream(reply, request) {
    const { text, finish = 'stop', toolCalls = [], model = String(request.body.model) } = reply;
    const usage = (reply.usage === undefined ? usageFor(text, request) : reply.usage) ?? {};
    const frame = { model, created_at: '2026-11-21T00:00:00Z' };
    const message = (fields: object) => ({
      ...frame,
      message: { role: 'assistant', content: '', ...fields },
      done: false,
    });
    const lines: object[] = pieces(text).map((content) => message({ content }));
    for (const { name, arguments: given } of toolCalls) {
      lines.push(message({ tool_calls: [{ function: { name, arguments: given } }] }));
    }
    if (finish !== null) {
      const { input, output } = usage as { input?: number; output?: number };
      const counts = { prompt_eval_count: input, eval_count: output };
      lines.push({ ...message({}), done: true, done_reason: finish, ...counts });
    }
    return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  },
};

/** Ollama's own API on loopback; its base URL is the origin. */
export function startOllamaServer(script: Script): Promise<ScriptedServer> {
  return ScriptedServer.start(FORMAT, script);
}
