import { agentTaskSpec } from '../agents/agent-task-spec.ts';
import { SOLOIST } from '../agents/built-in.ts';
import type { AgentDefinition, AgentTask } from '../agents/types.ts';
import { outputText } from '../context/task-context.ts';
import { EnsembleError } from '../errors.ts';
import type { PastCall } from '../history/past-calls.ts';
import type { Json, JsonObject } from '../json.ts';
import type { ConversationType, Message } from '../model.ts';
import { redact } from '../policy/redaction.ts';
import type { RerunRequest } from '../requests.ts';
import {
  type ConcludedKind,
  callSettings,
  type EndedKind,
  type KindContext,
  type PreparedKind,
  type RunKind,
} from './run-kind.ts';

const TASK_ID = 'again';

/** Kinds of calls that answer in the form of their task; others are asked around it. */
const SAME_FORM: ReadonlySet<string> = new Set(['repair']);

/** `rerun`: one call as it was sent, to another model, another account or with another version of its prompt. */
export const RERUN_KIND: RunKind<RerunRequest> = { prepare, conclude };

async function prepare(request: RerunRequest, context: KindContext): Promise<PreparedKind> {
  const call = await context.past.read(request.conversation);
  if (call === null) {
    throw new EnsembleError('not-found', `There is no conversation ${request.conversation}.`, {
      hint: 'Look into the history to see which there are.',
    });
  }
  const { conversation } = call;
  if (conversation.type === 'tool') {
    throw new EnsembleError('invalid-input', `Conversation ${conversation.id} is the call of a tool, not of a model.`, {
      hint: 'Choose the call of the model before or after it.',
    });
  }
  requireAccount(request, context);
  const messages = await messagesOf(request, call, context);
  const payload: AgentTask = {
    ...settingsOf(call, context),
    model: request.model ?? (request.account === null ? modelOf(call) : null),
    purpose: conversation.type as ConversationType,
    repeats: { conversation: conversation.id, messages },
  };
  const account = request.account === null ? {} : { account: request.account };
  const task = { ...payload, call: { ...payload.call, ...account } };
  return {
    title: `Again: conversation ${conversation.id}`,
    stored: { request },
    tasks: [agentTaskSpec(TASK_ID, `Answer conversation ${conversation.id} again`, [], task, { onError: 'fail' })],
    expectedCalls: 1,
  };
}

function conclude(_stored: JsonObject, { tasks }: EndedKind): ConcludedKind {
  const [task] = tasks;
  if (task?.status === 'completed')
    return { result: outputText(task.output), keepsDocument: false, documentKind: 'result' };
  return {
    result: `# Not done\n\n${task?.error?.message ?? 'It did not run.'}`,
    keepsDocument: false,
    documentKind: 'result',
  };
}

function requireAccount({ account }: RerunRequest, { config, eligible }: KindContext): void {
  if (account === null || eligible.some(({ name }) => name === account)) return;
  const isKnown = config.accounts.some(({ name }) => name === account);
  throw new EnsembleError(
    isKnown ? 'no-usable-account' : 'not-found',
    isKnown ? `The account "${account}" cannot be used now.` : `There is no account named "${account}".`,
    { hint: 'List the accounts to see their names and how they do.' },
  );
}

/** The model that answered, where the person did not choose another; a call that never got an answer goes by its tier. */
function modelOf({ conversation, task }: PastCall): string | null {
  return conversation.model.includes('/') ? conversation.model : (task?.model ?? task?.agent.model ?? null);
}

/** As the task was; tools, handoffs, memory and guardrails would make it another conversation. */
function settingsOf({ task, conversation }: PastCall, context: KindContext): AgentTask {
  const call = callSettings(context, null);
  const { name, description, category, role, instructions, tier, model, temperature, maxTokens } =
    task?.agent ?? SOLOIST;
  const agent: AgentDefinition = {
    ...{ name: conversation.agent === '' ? name : conversation.agent, description, category, role, instructions },
    ...{ tier, model, temperature, maxTokens },
  };
  const isItsOwn = task?.purpose === conversation.type || SAME_FORM.has(conversation.type);
  return {
    agent,
    prompt: '',
    tier: task?.tier ?? tier,
    model: null,
    maxTokens: task?.maxTokens ?? null,
    output: isItsOwn ? (task?.output ?? null) : null,
    purpose: 'subtask',
    context: 'none',
    detail: null,
    call,
  };
}

async function messagesOf(request: RerunRequest, call: PastCall, context: KindContext): Promise<readonly Message[]> {
  const messages = sendable(call.conversation.messages);
  if (messages.length === 0) {
    throw new EnsembleError('invalid-input', `What conversation ${request.conversation} asked is not known.`);
  }
  if (request.promptVersion === null) return messages;
  const { prompt, task: rendered } = call.request ?? {};
  if (!prompt?.values || rendered === undefined) {
    throw new EnsembleError('invalid-input', 'This call was not made from a prompt of the library.', {
      hint: 'Leave the version out, or run the prompt itself.',
    });
  }
  const text = await context.past.renderPrompt(prompt.name, request.promptVersion, prompt.values);
  const clean = redact(text, context.knownSecrets).text;
  if (!messages.some(({ role, content }) => role === 'user' && content.includes(rendered))) {
    throw new EnsembleError('invalid-input', `The prompt "${prompt.name}" does not stand in this call.`, {
      hint: 'Choose the call that it was the prompt of.',
    });
  }
  return messages.map((message) =>
    message.role === 'user' ? { ...message, content: message.content.replace(rendered, () => clean) } : message,
  );
}

/** What was kept of a request as messages for a call without tools: a result of a tool becomes what somebody says. */
function sendable(kept: Json): Message[] {
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((one): Message[] => {
    const { role, content } = (one ?? {}) as { readonly role?: Json; readonly content?: Json };
    if (typeof content !== 'string') return [];
    if (role === 'system' || role === 'user' || role === 'assistant') return [{ role, content }];
    return [{ role: 'user', content: `Result of a tool:\n${content}` }];
  });
}
