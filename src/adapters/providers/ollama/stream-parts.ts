import type { FinishReason, StreamPart, TokenUsage } from '../../../core/model.ts';
import { notAStream } from '../streamed-answer.ts';

/** An error that Ollama answered with; `status` is null within an answer that had begun. */
export class OllamaError extends Error {
  readonly status: number | null;
  readonly headers: Headers | undefined;

  /** `body`: the text of the answer, or of the error within it. */
  constructor(status: number | null, body: string, headers?: Headers) {
    super(body);
    this.name = 'OllamaError';
    this.status = status;
    this.headers = headers;
  }
}

/** A line of the answer; any field may be missing. */
interface RawLine {
  readonly model?: string;
  readonly message?: {
    readonly content?: string;
    readonly tool_calls?: readonly RawToolCall[] | null;
  } | null;
  readonly done?: boolean;
  readonly done_reason?: string;
  readonly prompt_eval_count?: number;
  readonly eval_count?: number;
  readonly error?: unknown;
}

interface RawToolCall {
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: unknown } | null;
}

/**
 * The parts of an answer of one JSON object per line; only the line that says `done` finishes it. Throws an
 * {@link OllamaError} for an error line, and a SyntaxError for a line that is none.
 */
export async function* streamParts(response: Response): AsyncGenerator<StreamPart> {
  let toolCalls = 0;
  let began = false;
  for await (const text of linesOf(response)) {
    const line = JSON.parse(text) as RawLine | null;
    if (typeof line !== 'object' || line === null) throw new SyntaxError('A line of the answer is no object.');
    if (line.error) throw new OllamaError(null, String(line.error));
    began = true;
    if (line.message?.content) yield { type: 'text', text: line.message.content };
    for (const call of line.message?.tool_calls ?? []) {
      toolCalls++;
      yield { type: 'tool-call', call: toolCallOf(call, toolCalls) };
    }
    if (!line.done) continue;
    yield { type: 'usage', usage: usageOf(line) };
    const reason = toolCalls > 0 ? 'tool-calls' : (FINISH[line.done_reason ?? 'stop'] ?? 'other');
    yield { type: 'finish', reason, model: line.model ?? null };
    return;
  }
  if (!began) yield { type: 'failure', failure: NOT_A_STREAM };
}

/** Lines that hold anything. The last one may lack its end, and is then whole or cut. */
async function* linesOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  let rest = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  if (rest.trim() !== '') yield rest;
}

function toolCallOf({ id, function: called }: RawToolCall, number: number) {
  const given = called?.arguments;
  const text = typeof given === 'string' ? given : JSON.stringify(given ?? {});
  return { id: id || `call-${number}`, name: called?.name ?? '', arguments: text };
}

/** Thinking counts as output. */
function usageOf({ prompt_eval_count: input, eval_count: output }: RawLine): TokenUsage {
  return { input: input ?? Number.NaN, output: output ?? Number.NaN, cached: 0, reasoning: 0, estimated: false };
}

const FINISH: Readonly<Record<string, FinishReason>> = { stop: 'stop', length: 'length' };

/** Nothing in the answer is a line of a chat. */
export const NOT_A_STREAM = notAStream('answer of Ollama');
