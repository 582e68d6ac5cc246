import type { LeftOutEdit } from '../edits/merge-file-edits.ts';
import { EnsembleError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { concludeTask } from '../planning/conclude-task.ts';
import { accountsOfSides, coordinatedTasks } from '../planning/coordinate.ts';
import { answerTask, planTask } from '../planning/plan-task.ts';
import { redact } from '../policy/redaction.ts';
import type { RenderedPrompt, TaskRequest } from '../requests.ts';
import type { FileEdit } from '../results.ts';
import { renderConflicts } from '../together/render-conflicts.ts';
import { isResolver } from '../together/resolver.ts';
import { settleProposals } from '../together/settled-proposals.ts';
import {
  type ConcludedKind,
  callSettings,
  type EndedKind,
  type KindContext,
  type PreparedKind,
  type RunKind,
  storedAs,
} from './run-kind.ts';

/** `run`: a super-agent splits the task, sub-agents do the parts, an aggregator merges. */
export const TASK_KIND: RunKind<TaskRequest> = { prepare, conclude };

async function prepare(typed: TaskRequest, context: KindContext): Promise<PreparedKind> {
  const { config, knownSecrets } = context;
  if (typed.task.trim() === '') {
    throw new EnsembleError('invalid-input', 'The task is empty.', { hint: 'Say what the agents should do.' });
  }
  // The journal keeps the request for ever, so a key that was pasted into it goes first.
  const clean = (text: string) => redact(text, knownSecrets).text;
  const request = {
    ...typed,
    task: clean(typed.task),
    context: typed.context === null ? null : clean(typed.context),
    ...(typed.prompt ? { prompt: JSON.parse(clean(JSON.stringify(typed.prompt))) as RenderedPrompt } : {}),
  };
  const strategy = request.strategy ?? config.strategy;
  const maxSubTasks = request.maxSubTasks ?? config.engine.maxSubTasks;
  const nesting = { levels: config.engine.maxDepth - 1, tasks: config.engine.maxTasks };
  const communicates = config.engine.enableCommunication;
  const call = callSettings(context, strategy === 'balanced' ? 'balanced' : null, context.config.history.memory);
  return {
    title: firstLine(request.title ?? request.task),
    stored: { request },
    ...firstTasks(request, { strategy, maxSubTasks, communicates, nesting, call }, context),
    mayReadFiles: context.workspace !== null,
  };
}

function firstTasks(
  request: TaskRequest,
  options: Parameters<typeof planTask>[1],
  { eligible }: KindContext,
): Pick<PreparedKind, 'tasks' | 'expectedCalls'> {
  const { maxSubTasks, call } = options;
  if (request.direct) return { tasks: answerTask(request, call), expectedCalls: 1 };
  const { strategy, nesting = { levels: 0, tasks: maxSubTasks } } = options;
  if (strategy === 'coordinated') {
    const accounts = accountsOfSides(eligible);
    return {
      tasks: coordinatedTasks(request, { ...options, accounts, nesting }),
      expectedCalls: 2 * (maxSubTasks + 2) + 1,
    };
  }
  return { tasks: planTask(request, options), expectedCalls: maxSubTasks + 2 };
}

function conclude(stored: JsonObject, { tasks, specs }: EndedKind): ConcludedKind {
  const { request } = storedAs<{ readonly request: TaskRequest }>(stored);
  const keepsDocument = request.saveDocument;
  const resolves = new Set(specs.flatMap(({ id, payload }) => (isResolver(id, payload) ? [id] : [])));
  const { markdown } = concludeTask(tasks.filter(({ id }) => !resolves.has(id)));
  const { edits, rejected, conflicts } = settleProposals(tasks, specs);
  const proposed = edits.length === 0 ? [] : [renderEdits(edits, rejected)];
  const result = [markdown, ...proposed, ...renderConflicts(conflicts)].join('\n\n');
  const made = { ...(edits.length > 0 && { edits }), ...(conflicts.length > 0 && { conflicts }) };
  return { result, ...made, keepsDocument, documentKind: 'result' };
}

/** What agents propose; the changes themselves are looked at as differences. */
function renderEdits(edits: readonly FileEdit[], rejected: readonly LeftOutEdit[]): string {
  return [
    '## Proposed changes',
    'Nothing has been written.',
    [
      ...edits.map(
        ({ file, baseHash, summary }) => `- \`${file}\`${baseHash === null ? ' (new)' : ''}: ${oneLine(summary)}`,
      ),
      ...rejected.map(({ edit, reason }) => `- Left out for \`${edit.file}\`, ${reason}: ${oneLine(edit.summary)}`),
    ].join('\n'),
  ].join('\n\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
