import type { SpawnedTask, TaskMail } from '../ports.ts';
import { ApprovalDesk, type ApprovalDeskParts } from './approval-desk.ts';
import { ShownText, type ShownTextParts } from './shown-text.ts';
import { type MakeTasks, spawnChildren } from './spawn-children.ts';
import type { TaskState } from './state.ts';
import { LiveMail, type MailHost, type MailScope } from './task-mail.ts';
import { type QuestionHost, TaskQuestions } from './task-questions.ts';

/** Through what the attempts of a run reach people and one another, and get tasks below them. */
export interface Teamwork {
  /** The messages of one attempt. */
  mail(host: MailHost, task: TaskState, scope: MailScope): TaskMail;
  /** The tasks below one that it waits for. */
  spawn(host: MailHost, task: TaskState, scope: MailScope, make: MakeTasks): Promise<readonly SpawnedTask[]>;
  /** The questions that one attempt asks people. */
  questions(task: TaskState, host: QuestionHost): TaskQuestions;
  /** Where a run waits for the answers. */
  desk(parts: ApprovalDeskParts): ApprovalDesk;
  /** What is seen of the text that one attempt streams. */
  text(parts: ShownTextParts): ShownText;
}

/** What agents need; an engine gets it from outside, so that one of plain functions loads none of it. */
export const TEAMWORK: Teamwork = {
  mail: (host, task, scope) => new LiveMail(host, task, scope),
  spawn: spawnChildren,
  questions: (task, host) => new TaskQuestions(task, host),
  desk: (parts) => new ApprovalDesk(parts),
  text: (parts) => new ShownText(parts),
};
