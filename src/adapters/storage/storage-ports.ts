import type { DocumentStore } from '../../core/documents/document.ts';
import { documentsInHistory } from '../../core/documents/document-rules.ts';
import type { HistoryStore } from '../../core/history/history.ts';
import type { QuotaStore, RunJournal, Stores } from '../../core/ports.ts';
import type { Storage } from './storage.ts';
import type { Operations } from './worker/operations.ts';
import type { CallOf } from './worker/request.ts';

type Call = CallOf<Operations>;

/** What depends on where the database lies. */
type OwnParts = Pick<Stores, 'maintenance' | 'copyTo' | 'close'>;

/** The ports on operations of a database. */
export function portsOn(call: Call, own: OwnParts): Pick<Storage, 'journal' | 'quota' | 'stores' | 'history'> {
  return { journal: journalOf(call), quota: quotaOf(call), stores: storesOf(call, own), history: historyOf(call) };
}

function journalOf(call: Call): RunJournal {
  return {
    create: (runId, owner, write) => call('createRun', runId, owner, write),
    append: (runId, epoch, write) => call('appendToRun', runId, epoch, write),
    claim: (runId, owner) => call('claimRun', runId, owner),
    release: (runId, epoch) => call('releaseRun', runId, epoch),
    read: (runId, afterSeq = 0) => call('readJournal', runId, afterSeq),
    get: (runId) => call('readRun', runId),
    list: ({ limit, offset = 0 }) => call('readRuns', limit, offset),
    tasks: (runId) => call('readTasks', runId),
    messages: (runId) => call('readMessages', runId),
    approvals: (runId) => call('readApprovals', runId),
    answer: (runId, question, approved) => call('answerApproval', runId, question, approved),
  };
}

function quotaOf(call: Call): QuotaStore {
  return {
    drawSlots: ({ key, ...request }) => call('drawSlots', key, request),
    learn: ({ key, ...context }) => call('learn', key, context),
    takeTokens: ({ key, ...request }) => call('takeQuotaTokens', key, request),
    present: ({ key, ...request }) => call('readQuota', key, request),
    reportTokens: ({ key, ...report }) => call('reportQuotaTokens', key, report),
    settleTokens: ({ key, ticket, tokens }) => call('settleQuotaTokens', key, ticket, tokens),
    reserve: (lines) => call('reserve', lines),
    settle: (reservationId, actual) => call('settle', reservationId, actual),
    usage: (scopes) => call('budgetUsage', scopes),
  };
}

function storesOf(call: Call, own: OwnParts): Stores {
  return {
    conversations: {
      begin: (row) => call('beginConversation', row),
      finish: (id, end) => call('finishConversation', id, end),
      list: ({ limit, offset = 0, search = null, runId = null }) =>
        call('readConversations', { limit, offset, search, runId }),
      get: (id) => call('readConversation', id),
    },
    documents: documentsOf(call),
    prompts: {
      list: () => call('readPrompts'),
      index: () => call('readPromptIndex'),
      get: (name) => call('readPrompt', name),
      search: (search, limit) => call('searchPrompts', search, limit),
      save: (draft, note) => call('savePrompt', draft, note),
      apply: (changes, note) => call('applyPromptChanges', changes, note),
      rename: (name, to) => call('renamePrompt', name, to),
      delete: (name) => call('deletePrompt', name),
      versions: (name) => call('readPromptVersions', name),
      describe: (name, version, reason) => call('describePromptVersion', name, version, reason),
      setFavourite: (name, favourite) => call('setPromptFavourite', name, favourite),
      favourites: () => call('readPromptFavourites'),
      recordUse: (runId, prompt) => call('recordPromptUse', runId, prompt),
      recordOutcome: (runId, subject, outcome) => call('recordPromptOutcome', runId, subject, outcome),
      usage: (name) => call('readPromptUsage', name),
      promptOf: (runId) => call('readPromptOfRun', runId),
      setBase: (name, draft) => call('setPromptBase', name, draft),
      bases: () => call('readPromptBases'),
    },
    ...figuresOf(call),
    findings: {
      save: (runId, findings) => call('saveFindings', runId, findings),
      list: (runId) => call('readFindings', runId),
      decide: (workspace, decision) => call('decideFinding', workspace, decision),
      forget: (workspace, fingerprints) => call('forgetDecisions', workspace, fingerprints),
      decisions: (workspace) => call('readDecisions', workspace),
    },
    audit: {
      record: (action, subject, detail) => call('recordAudit', action, subject, detail),
      has: (action, subject) => call('hasAudit', action, subject),
      list: (query) => call('readAudit', query),
    },
    maintenance: own.maintenance,
    stats: () => call('readStats'),
    copyTo: own.copyTo,
    close: own.close,
  };
}

/** What was used, and how it went. */
function figuresOf(call: Call): Pick<Stores, 'usage' | 'spans'> {
  return {
    usage: {
      record: (row) => call('recordUsage', row),
      summary: (since) => call('summarizeUsage', since),
      periods: (since, by) => call('readUsagePeriods', since, by),
      list: ({ since, limit, offset = 0 }) => call('readUsage', since, limit, offset),
      ofRun: (runId) => call('readUsageOfRun', runId),
    },
    spans: {
      save: (spans) => call('saveSpans', spans),
      ofRun: (runId) => call('readSpans', runId),
      report: (query) => call('reportSpans', query),
      untraced: (query) => call('untracedRuns', query),
    },
  };
}

function documentsOf(call: Call): DocumentStore {
  return {
    save: (document) => call('saveDocument', document),
    addVersion: (id, version) => call('addDocumentVersion', id, version),
    restore: (id, version, note) => call('restoreDocument', id, version, note),
    list: (query) => call('listDocuments', query),
    groups: (by, filter) => call('groupDocuments', by, filter),
    counts: (query) => call('countDocumentsSince', query),
    get: (id) => call('readDocument', id),
    read: (id, part = {}) => call('readDocumentPart', id, part),
    versions: (id, page) => call('readDocumentVersions', id, page),
    change: (id, part) => call('changeDocument', id, part),
    delete: (ids) => call('deleteDocuments', ids),
    undelete: (ids) => call('undeleteDocuments', ids),
  };
}

function historyOf(call: Call): HistoryStore {
  return {
    runs: (query) => call('historyRuns', query),
    counts: (query) => call('historyCounts', query),
    unfinished: (filter) => call('historyUnfinished', filter),
    conversations: (query) => call('historyConversations', query),
    documents: (query) => call('listDocuments', documentsInHistory(query)),
    facets: () => call('historyFacets'),
    workspaces: () => call('readWorkspaces'),
    identify: (path, identities) => call('identifyWorkspace', path, identities),
    attach: (path, to) => call('attachWorkspace', path, to),
    deletable: (query) => call('deletable', query),
    deleteRuns: (runIds, options) => call('deleteRuns', runIds, options),
    deleteBefore: (query) => call('deleteBefore', query),
  };
}
