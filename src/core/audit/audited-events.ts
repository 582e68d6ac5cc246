import { toErrorInfo } from '../errors.ts';
import type { EnsembleEvent, EventListener } from '../events.ts';
import type { Json } from '../json.ts';
import type { Logger } from '../ports.ts';
import type { AuditLog } from './audit-log.ts';

/** Writes what matters of the events into the audit log; a run does not wait for that. */
export function eventAuditor(audit: AuditLog, logger: Logger): EventListener {
  return (event) => {
    const entry = auditOf(event);
    if (!entry) return;
    audit.record(entry.action, entry.subject, entry.detail).catch((error: unknown) => {
      logger.warn('The audit log could not be written', { action: entry.action, error: toErrorInfo(error).message });
    });
  };
}

/** What the audit log keeps of an event; null: nothing. Texts of prompts and answers lie in the conversations. */
export function auditOf(
  event: EnsembleEvent,
): { readonly action: string; readonly subject: string; readonly detail: Json } | null {
  const run = event.runId;
  switch (event.type) {
    case 'workflow:start':
      return { action: 'run-started', subject: run, detail: { name: event.workflowName } };
    case 'agent:invoke': {
      const { taskId, agentName, model, account } = event;
      return { action: 'agent-called', subject: `${run}/${taskId}`, detail: { agent: agentName, model, account } };
    }
    case 'tool:call': {
      const { taskId, agentName, tool, arguments: given } = event;
      return {
        action: 'tool-called',
        subject: `${run}/${taskId}`,
        detail: { agent: agentName, tool, arguments: given },
      };
    }
    case 'tool:result':
      return event.ok
        ? null
        : {
            action: 'tool-failed',
            subject: `${run}/${event.taskId}`,
            detail: { tool: event.tool, error: event.error },
          };
    case 'approval:asked':
      return { action: 'approval-asked', subject: event.target, detail: { run, hash: event.actionHash } };
    case 'approval:answered': {
      const { approved, target, actionHash } = event;
      return { action: approved ? 'approved' : 'refused', subject: target, detail: { run, hash: actionHash } };
    }
    case 'budget:refused':
      return { action: 'budget-refused', subject: event.scope, detail: { run, reason: event.reason } };
    case 'workflow:results':
      return { action: 'run-ended', subject: run, detail: { status: event.results.status } };
    case 'workflow:error':
      return { action: 'run-failed', subject: run, detail: { code: event.error.code } };
    default:
      return null;
  }
}
