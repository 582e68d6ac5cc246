import { answerApproval, readApprovals } from './approval-operations.ts';
import { hasAudit, readAudit, recordAudit } from './audit-operations.ts';
import { decideFinding, forgetDecisions, readDecisions } from './decision-operations.ts';
import {
  deleteBefore,
  deleteRuns,
  historyConversations,
  historyCounts,
  historyDocuments,
  historyRuns,
  historyUnfinished,
} from './history-operations.ts';
import { importOrchestration } from './import-operations.ts';
import {
  appendToRun,
  claimRun,
  createRun,
  readJournal,
  readRun,
  readRuns,
  readTasks,
  releaseRun,
} from './journal-operations.ts';
import {
  backUp,
  checkDatabase,
  compactDatabase,
  copyTo,
  listBackups,
  restoreBackup,
} from './maintenance-operations.ts';
import { readMessages } from './message-operations.ts';
import { alone, read, write } from './operation.ts';
import {
  deletePrompt,
  readPrompt,
  readPromptFavourites,
  readPromptIndex,
  readPrompts,
  readPromptVersions,
  renamePrompt,
  savePrompt,
  searchPrompts,
  setPromptFavourite,
} from './prompt-operations.ts';
import {
  budgetUsage,
  drawSlots,
  learn,
  readQuota,
  reportQuotaTokens,
  reserve,
  settle,
  settleQuotaTokens,
  takeQuotaTokens,
} from './quota-operations.ts';
import { readSpans, reportSpans, saveSpans, untracedRuns } from './span-operations.ts';
import {
  beginConversation,
  finishConversation,
  readConversation,
  readConversations,
  readDocument,
  readDocuments,
  readFindings,
  readStats,
  readUsage,
  readUsageOfRun,
  readUsagePeriods,
  recordUsage,
  saveDocument,
  saveFindings,
  summarizeUsage,
} from './store-operations.ts';

/** Everything the client can ask of the worker. Adding one here is all it takes; the types follow. */
export const OPERATIONS = {
  createRun: write(createRun),
  appendToRun: write(appendToRun),
  claimRun: write(claimRun),
  releaseRun: write(releaseRun),
  readJournal: read(readJournal),
  readRun: read(readRun),
  readRuns: read(readRuns),
  readTasks: read(readTasks),
  readMessages: read(readMessages),
  readApprovals: read(readApprovals),
  answerApproval: write(answerApproval),
  drawSlots: write(drawSlots),
  learn: write(learn),
  takeQuotaTokens: write(takeQuotaTokens),
  readQuota: read(readQuota),
  reportQuotaTokens: write(reportQuotaTokens),
  settleQuotaTokens: write(settleQuotaTokens),
  reserve: write(reserve),
  settle: write(settle),
  budgetUsage: read(budgetUsage),
  beginConversation: write(beginConversation),
  finishConversation: write(finishConversation),
  readConversations: read(readConversations),
  readConversation: read(readConversation),
  saveDocument: write(saveDocument),
  readDocuments: read(readDocuments),
  readDocument: read(readDocument),
  savePrompt: write(savePrompt),
  readPrompts: read(readPrompts),
  readPromptIndex: read(readPromptIndex),
  readPrompt: read(readPrompt),
  searchPrompts: read(searchPrompts),
  renamePrompt: write(renamePrompt),
  deletePrompt: write(deletePrompt),
  readPromptVersions: read(readPromptVersions),
  setPromptFavourite: write(setPromptFavourite),
  readPromptFavourites: read(readPromptFavourites),
  historyRuns: read(historyRuns),
  historyCounts: read(historyCounts),
  historyUnfinished: read(historyUnfinished),
  historyConversations: read(historyConversations),
  historyDocuments: read(historyDocuments),
  deleteRuns: write(deleteRuns),
  deleteBefore: write(deleteBefore),
  recordUsage: write(recordUsage),
  summarizeUsage: read(summarizeUsage),
  readUsagePeriods: read(readUsagePeriods),
  readUsage: read(readUsage),
  readUsageOfRun: read(readUsageOfRun),
  saveSpans: write(saveSpans),
  readSpans: read(readSpans),
  reportSpans: read(reportSpans),
  untracedRuns: read(untracedRuns),
  saveFindings: write(saveFindings),
  readFindings: read(readFindings),
  decideFinding: write(decideFinding),
  forgetDecisions: write(forgetDecisions),
  readDecisions: read(readDecisions),
  recordAudit: write(recordAudit),
  hasAudit: read(hasAudit),
  readAudit: read(readAudit),
  readStats: read(readStats),
  listBackups: alone(listBackups),
  backUp: alone(backUp),
  restoreBackup: alone(restoreBackup),
  checkDatabase: alone(checkDatabase),
  importOrchestration: alone(importOrchestration),
  compactDatabase: alone(compactDatabase),
  copyTo: alone(copyTo),
} as const;

type Operations = typeof OPERATIONS;

export type OperationName = keyof Operations;

/** Arguments of an operation, without the context. */
export type Arguments<Name extends OperationName> =
  Parameters<Operations[Name]['run']> extends [unknown, ...infer Args] ? Args : never;

export type Result<Name extends OperationName> = ReturnType<Operations[Name]['run']>;

/** One call as it travels to the worker. */
export type Request = {
  [Name in OperationName]: { readonly name: Name; readonly args: Arguments<Name> };
}[OperationName];
