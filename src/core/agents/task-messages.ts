import { layOutPrompt } from '../context/prompt-layout.ts';
import { pruneText } from '../context/prune.ts';
import { type ContextSettings, renderTaskContext } from '../context/task-context.ts';
import type { TokenCounter } from '../context/token-counter.ts';
import { shortHash } from '../hash.ts';
import { recollectionOf, renderRecollection, type SessionMemory } from '../history/session-memory.ts';
import type { JsonObject } from '../json.ts';
import type { Message } from '../model.ts';
import type { ExecutionContext, TaskExecution, TaskInput } from '../ports.ts';
import { copyPrompt } from './copy-prompt.ts';
import { renderPeers } from './correspondence.ts';
import type { AgentTask } from './types.ts';

/** What the first messages of a task are made with. */
export interface MessageDependencies {
  readonly context: ContextSettings;
  readonly tokens: TokenCounter;
  /** What is remembered of earlier runs. Default: nothing. */
  readonly memory?: SessionMemory;
  /** The findings of the dependencies, as text (review). */
  findingsContext(inputs: readonly TaskInput[], detail: JsonObject | null): string;
  /** What the dependencies propose, as text (refactoring, test generation); null: nothing, so that there is nothing to do. */
  proposalContext(inputs: readonly TaskInput[], detail: JsonObject | null): string | null;
}

/**
 * The messages that a task begins with. They depend on the journal alone, so that a resumed attempt and a replay make the same: what
 * is remembered is an effect.
 */
export async function taskMessages(
  task: AgentTask,
  execution: TaskExecution,
  deps: MessageDependencies,
  effect: ExecutionContext['effect'],
): Promise<Message[]> {
  if (task.repeats) return [...task.repeats.messages];
  const { agent, brief = null } = task;
  const peers = task.peers ? renderPeers(task.peers, task.output) : '';
  const prompt = [task.prompt, copyPrompt(execution.task.copy), peers].filter((part) => part !== '').join('\n\n');
  const parts = [await remembered(task, execution, deps, effect), await known(task, execution, deps)];
  return layOutPrompt({ agent, brief, known: parts.filter((part) => part !== '').join('\n\n'), prompt });
}

async function remembered(
  task: AgentTask,
  { runId }: TaskExecution,
  { memory }: MessageDependencies,
  effect: ExecutionContext['effect'],
): Promise<string> {
  if (!memory || !(task.call.memory || task.agent.memory)) return '';
  const query = { runId, agent: task.agent.name, about: `${task.brief ?? ''}\n${task.prompt}` };
  const recall = async () => (await memory.recall(query)) as unknown as JsonObject;
  const detail = { agent: query.agent, about: shortHash(query.about) };
  return renderRecollection(recollectionOf(await effect('memory', detail, recall)));
}

async function known(task: AgentTask, execution: TaskExecution, deps: MessageDependencies): Promise<string> {
  const { inputs } = execution;
  switch (task.context) {
    case 'full':
    case 'digests':
      return renderTaskContext(execution, deps.context, {
        texts: textsOf(task),
        digests: task.context === 'digests',
        counter: () => deps.tokens.counter(),
        ...(task.contextTokens === undefined ? {} : { maxTokens: task.contextTokens }),
      });
    case 'findings':
      return pruneText(deps.findingsContext(inputs, task.detail), deps.context.pruningThreshold);
    case 'proposal':
      return deps.proposalContext(inputs, task.detail) ?? '';
    case 'none':
      return '';
  }
}

/** What the call holds beside the results of others. */
function textsOf({ agent, brief, prompt }: AgentTask): { readonly text: string; readonly name: string }[] {
  return [
    { text: agent.instructions, name: 'in your instructions' },
    ...(brief === undefined ? [] : [{ text: brief, name: 'above' }]),
    { text: prompt, name: 'below' },
  ];
}
