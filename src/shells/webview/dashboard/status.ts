import type { DashboardAccount, DashboardAgent, DashboardRunRow, DashboardTask } from '../../../protocol/dashboard.ts';
import { t } from './texts.ts';

/** How a state is shown: always a word and a picture, the tone (a colour of the theme) only adds to them. */
export interface Look {
  readonly text: string;
  /** Name of a codicon. */
  readonly icon: string;
  readonly tone: 'good' | 'bad' | 'warning' | 'busy' | 'quiet';
}

/** The state of a task. */
export function lookOfTask(status: DashboardTask['status']): Look {
  switch (status) {
    case 'pending':
      return { text: t('pending'), icon: 'circle-outline', tone: 'quiet' };
    case 'ready':
      return { text: t('ready'), icon: 'circle-outline', tone: 'quiet' };
    case 'running':
      return { text: t('running'), icon: 'loading', tone: 'busy' };
    case 'waiting':
      return { text: t('waiting'), icon: 'watch', tone: 'busy' };
    case 'completed':
      return { text: t('completed'), icon: 'pass-filled', tone: 'good' };
    case 'failed':
      return { text: t('failed'), icon: 'error', tone: 'bad' };
    case 'skipped':
      return { text: t('skipped'), icon: 'debug-step-over', tone: 'quiet' };
    case 'cancelled':
      return { text: t('cancelled'), icon: 'circle-slash', tone: 'quiet' };
  }
}

/** The state of a run. */
export function lookOfRun({ status, active }: Pick<DashboardRunRow, 'status' | 'active'>): Look {
  switch (status) {
    case 'queued':
      return { text: t('queued'), icon: 'circle-outline', tone: 'quiet' };
    case 'running':
      return active
        ? { text: t('running'), icon: 'loading', tone: 'busy' }
        : { text: t('not running in this window'), icon: 'debug-disconnect', tone: 'quiet' };
    case 'suspended':
      return { text: t('suspended, can be resumed'), icon: 'debug-pause', tone: 'warning' };
    case 'interrupted':
      return { text: t('stopped, can be resumed'), icon: 'debug-pause', tone: 'warning' };
    case 'completed':
      return { text: t('completed'), icon: 'pass-filled', tone: 'good' };
    case 'partial':
      return { text: t('incomplete'), icon: 'warning', tone: 'warning' };
    case 'failed':
      return { text: t('failed'), icon: 'error', tone: 'bad' };
    case 'cancelled':
      return { text: t('cancelled'), icon: 'circle-slash', tone: 'quiet' };
  }
}

/** The state of an account. */
export function lookOfAccount(state: DashboardAccount['state']): Look {
  switch (state) {
    case 'ready':
      return { text: t('ready'), icon: 'pass', tone: 'good' };
    case 'cooling':
      return { text: t('cooling down'), icon: 'watch', tone: 'warning' };
    case 'disabled':
      return { text: t('disabled'), icon: 'circle-slash', tone: 'quiet' };
    case 'key-refused':
      return { text: t('key refused'), icon: 'error', tone: 'bad' };
    case 'out-of-credits':
      return { text: t('out of credits'), icon: 'error', tone: 'bad' };
  }
}

/** The state of all tasks of one agent. */
export function lookOfAgent(agent: DashboardAgent): Look {
  if (agent.running > 0) return lookOfTask('running');
  if (agent.failed > 0) return lookOfTask('failed');
  if (agent.ended < agent.tasks) return lookOfTask('pending');
  return agent.succeeded > 0 ? lookOfTask('completed') : lookOfTask('skipped');
}
