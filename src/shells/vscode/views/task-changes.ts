import type { EnsembleEvent } from '../../../core/events.ts';
import type { ToolUse } from '../../../core/results.ts';
import { toolLine } from '../../../core/tool-line.ts';
import { type TaskView, TEXT_LIMIT } from './agent-views.ts';

/** An event of one task. */
export type TaskEvent = Extract<EnsembleEvent, { readonly taskId: string }>;

/** A task of which nothing is known but that it is there. */
export function newTask(taskId: string): TaskView {
  return {
    taskId,
    agent: taskId,
    description: '',
    status: 'pending',
    account: null,
    model: null,
    tokens: 0,
    costUSD: null,
    durationMs: null,
    dependencies: [],
    parentId: null,
    startedAt: null,
    text: '',
    messages: { sent: 0, received: 0 },
    attempts: 0,
    tools: [],
    handoffs: [],
    notices: [],
    error: null,
  };
}

/** The task after an event of its own. */
export function changeTask(task: TaskView, event: TaskEvent): TaskView {
  switch (event.type) {
    case 'task:added':
      return {
        ...task,
        agent: event.agentName,
        description: event.description,
        dependencies: event.dependencies,
        parentId: event.parentId,
      };
    case 'task:start':
      return {
        ...task,
        agent: event.agentName,
        description: event.description,
        status: 'running',
        startedAt: task.startedAt ?? event.at,
        attempts: event.attempt,
        text: '',
        error: null,
      };
    case 'agent:invoke':
      return { ...task, status: 'running', account: event.account, model: event.model };
    case 'approval:asked':
      return { ...task, status: 'waiting' };
    case 'approval:answered':
      return { ...task, status: 'running' };
    case 'task:retry':
      return { ...task, account: event.account ?? task.account, text: '' };
    case 'task:complete':
      return {
        ...task,
        status: 'completed',
        tokens: event.tokensUsed,
        costUSD: event.costUSD,
        durationMs: event.duration,
        error: null,
      };
    case 'task:error':
      return { ...task, status: event.willRetry ? 'ready' : 'failed', error: event.error };
    case 'task:skipped':
      return { ...task, status: 'skipped' };
    case 'agent:message': {
      const { sent, received } = task.messages;
      if (event.phase === 'sent') return { ...task, messages: { sent: sent + 1, received } };
      return event.phase === 'delivered' ? { ...task, messages: { sent, received: received + 1 } } : task;
    }
    case 'agent:handoff': {
      const { from, to, description, priority, accepted, reason } = event;
      const handoffs = [...task.handoffs, { from, to, description, priority, accepted, reason }];
      return { ...task, handoffs, agent: accepted ? to : task.agent };
    }
    case 'tool:result':
      return { ...withText(task, event), tools: withUse(task.tools, event.tool, event.ok) };
    case 'tool:call':
    case 'task:delta':
      return withText(task, event);
  }
}

function withText(task: TaskView, event: TaskEvent): TaskView {
  return { ...task, text: (task.text + (shownText(event) ?? '')).slice(-TEXT_LIMIT) };
}

function withUse(tools: readonly ToolUse[], tool: string, ok: boolean): readonly ToolUse[] {
  const known = tools.find((use) => use.tool === tool) ?? { tool, calls: 0, failed: 0 };
  const next = { tool, calls: known.calls + 1, failed: known.failed + (ok ? 0 : 1) };
  return [...tools.filter((use) => use !== known), next];
}

/** What an event adds to what an agent has written: text, a tool that it uses, why that failed. Null: nothing. */
export function shownText(event: EnsembleEvent): string | null {
  switch (event.type) {
    case 'task:delta':
      return event.text;
    case 'tool:call':
      return `\n[${toolLine(event.tool, event.arguments)}]\n`;
    case 'tool:result':
      return event.ok ? '' : `[${event.tool}: ${event.error}]\n`;
    default:
      return null;
  }
}
