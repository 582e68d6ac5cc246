import { layOutPrompt } from '../context/prompt-layout.ts';
import { pruneText } from '../context/prune.ts';
import { type ContextSettings, renderTaskContext } from '../context/task-context.ts';
import type { TokenCounter } from '../context/token-counter.ts';
import type { JsonObject } from '../json.ts';
import type { Message } from '../model.ts';
import type { TaskExecution, TaskInput } from '../ports.ts';
import { copyPrompt } from './copy-prompt.ts';
import { renderPeers } from './correspondence.ts';
import type { AgentTask } from './types.ts';

/** What the first messages of a task are made with. */
export interface MessageDependencies {
  readonly context: ContextSettings;
  readonly tokens: TokenCounter;
  /** The findings of the dependencies, as text (review). */
  findingsContext(inputs: readonly TaskInput[], detail: JsonObject | null): string;
  /** What the dependencies propose, as text (refactoring, test generation); null: nothing, so that there is nothing to do. */
  proposalContext(inputs: readonly TaskInput[], detail: JsonObject | null): string | null;
}

/** The messages that a task begins with. They depend on the journal alone, so that a resumed attempt and a replay make the same. */
export async function taskMessages(
  task: AgentTask,
  execution: TaskExecution,
  deps: MessageDependencies,
): Promise<Message[]> {
  const { agent, brief = null } = task;
  const peers = task.peers ? renderPeers(task.peers) : '';
  const prompt = [task.prompt, copyPrompt(execution.task.copy), peers].filter((part) => part !== '').join('\n\n');
  return layOutPrompt({ agent, brief, known: await known(task, execution, deps), prompt });
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
