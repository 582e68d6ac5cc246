import type { ToolIntent } from '../engine/tool-effects.ts';
import { redact } from '../policy/redaction.ts';
import type { Stores, TaskExecution } from '../ports.ts';
import type { ToolResult } from './tools/tool.ts';

/** Where tool calls are kept. */
export interface ToolRecordsParts {
  readonly conversations: Stores['conversations'];
  readonly execution: TaskExecution;
  knownSecrets(): readonly string[];
}

/**
 * Keeps each tool call as a row of `conversations` of type `tool`: the tool in place of the model, arguments as the request, the
 * result as the response. Nothing that is kept, or goes on to the model, holds a secret.
 */
export class ToolRecords {
  readonly #parts: ToolRecordsParts;

  constructor(parts: ToolRecordsParts) {
    this.#parts = parts;
  }

  /** Makes the call between the two halves of its row. */
  async kept(intent: ToolIntent, perform: () => Promise<ToolResult>): Promise<ToolResult> {
    const { conversations, execution, knownSecrets } = this.#parts;
    const { runId, task } = execution;
    const { tool } = intent;
    const row = await conversations.begin({
      taskId: `${runId}/${task.id}`,
      runId,
      type: 'tool',
      messages: [{ role: 'assistant', content: intent.arguments, tool }],
      model: tool,
      account: '',
      agent: task.agent,
    });
    const end = { tokens: 0, costUSD: 0, model: tool, account: '' };
    try {
      const result = await perform();
      const clean = redact(result.content, knownSecrets()).text;
      await conversations.finish(row, { ...end, response: clean, status: result.ok ? 'completed' : 'failed' });
      return { ...result, content: clean };
    } catch (error) {
      // The first error is the one to report, also where the store fails too.
      await conversations.finish(row, { ...end, response: null, status: 'cancelled' }).catch(() => undefined);
      throw error;
    }
  }
}
