import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { EnsembleError } from '../../core/errors.ts';
import type { HistoryStore } from '../../core/history/history.ts';
import type { Logger, QuotaStore, RunJournal, RunOwner, Stores } from '../../core/ports.ts';
import { currentOwner } from './process-identity.ts';
import { releaseAbandonedLock } from './sqlite/file-mutex.ts';
import { realPath } from './sqlite/real-files.ts';
import type { Storage } from './storage.ts';
import { StorageClient, stoppedError, toError } from './storage-client.ts';
import type { FromWorker } from './worker/messages.ts';
import type { WorkerOptions } from './worker/serve.ts';

/** How long an operation waits for other processes before it rejects with `storage-locked`, ms. */
const BUSY_MS = 10_000;

/** File name of sql.js's module beside the bundled worker; see docs/decisions on why it is the debug build. */
const WASM_NAME = 'sql-wasm-debug.wasm';

/** What a storage is opened with. */
export interface OpenStorageOptions {
  /** The database file; it and its folder are made where they do not exist. */
  readonly file: string;
  /** The storage worker: `storage-worker.js` beside the bundle, or the source under a loader for TypeScript. */
  readonly workerUrl: URL;
  readonly logger: Logger;
  /** sql.js's debug module. Default: beside the worker, else in node_modules. */
  readonly wasmFile?: string;
}

/**
 * Opens the database in a worker thread: mends, migrates and backs it up as needed. Rejects with `storage-failed` (folder
 * not writable, disk full), `storage-locked`, `storage-corrupt` (not a database, and no backup of one),
 * `storage-newer-version`. Several processes and windows may have the same file open.
 */
export async function openStorage(options: OpenStorageOptions): Promise<Storage> {
  const file = path.resolve(options.file);
  const owner = currentOwner();
  const wasmFile = options.wasmFile ?? findWasm(options.workerUrl);
  const workerData: WorkerOptions = { file, owner, wasmFile, busyMs: BUSY_MS };
  const worker = new Worker(options.workerUrl, { workerData, name: 'ensemble-storage' });
  const notices: string[] = [];
  const notify = (notice: string) => {
    notices.push(notice);
    options.logger.warn(notice);
  };
  const abandon = () => abandonLock(file, owner);
  try {
    for (const notice of await opened(worker)) notify(notice);
  } catch (error) {
    await worker.terminate();
    abandon();
    throw error;
  }
  const client = new StorageClient(worker, notify, abandon);
  const close = () => client.close();
  const journal = journalOf(client);
  return { journal, quota: quotaOf(client), stores: storesOf(client), history: historyOf(client), notices, close };
}

/** The first message of the worker: notices, or the reason why it could not open the database. */
function opened(worker: Worker): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(stoppedError(error));
    worker.once('error', fail);
    worker.once('exit', () => fail(new Error('it ended')));
    worker.once('message', (message: FromWorker) => {
      worker.off('error', fail);
      if (message.type === 'opened') resolve(message.notices);
      else if (message.type === 'failed') reject(toError(message.error));
    });
  });
}

function findWasm(workerUrl: URL): string {
  const beside = fileURLToPath(new URL(`./${WASM_NAME}`, workerUrl));
  if (fs.existsSync(beside)) return beside;
  try {
    return createRequire(import.meta.url).resolve(`sql.js/dist/${WASM_NAME}`);
  } catch (cause) {
    throw new EnsembleError('storage-failed', `${WASM_NAME} is missing beside ${fileURLToPath(workerUrl)}.`, {
      hint: 'Install Ensemble again.',
      cause,
    });
  }
}

/** The thread is gone, but to other processes its lock still belongs to a living process. */
function abandonLock(file: string, owner: RunOwner): void {
  if (fs.statSync(path.dirname(file), { throwIfNoEntry: false })?.isDirectory())
    releaseAbandonedLock(`${realPath(file)}.lock`, owner);
}

function journalOf(client: StorageClient): RunJournal {
  return {
    create: (runId, owner, write) => client.call('createRun', runId, owner, write),
    append: (runId, epoch, write) => client.call('appendToRun', runId, epoch, write),
    claim: (runId, owner) => client.call('claimRun', runId, owner),
    release: (runId, epoch) => client.call('releaseRun', runId, epoch),
    read: (runId, afterSeq = 0) => client.call('readJournal', runId, afterSeq),
    get: (runId) => client.call('readRun', runId),
    list: ({ limit, offset = 0 }) => client.call('readRuns', limit, offset),
    tasks: (runId) => client.call('readTasks', runId),
    messages: (runId) => client.call('readMessages', runId),
    approvals: (runId) => client.call('readApprovals', runId),
    answer: (runId, question, approved) => client.call('answerApproval', runId, question, approved),
  };
}

function quotaOf(client: StorageClient): QuotaStore {
  return {
    drawSlots: ({ key, ...request }) => client.call('drawSlots', key, request),
    learn: ({ key, ...context }) => client.call('learn', key, context),
    takeTokens: ({ key, ...request }) => client.call('takeQuotaTokens', key, request),
    present: ({ key, ...request }) => client.call('readQuota', key, request),
    reportTokens: ({ key, ...report }) => client.call('reportQuotaTokens', key, report),
    settleTokens: ({ key, ticket, tokens }) => client.call('settleQuotaTokens', key, ticket, tokens),
    reserve: (lines) => client.call('reserve', lines),
    settle: (reservationId, actual) => client.call('settle', reservationId, actual),
    usage: (scopes) => client.call('budgetUsage', scopes),
  };
}

function storesOf(client: StorageClient): Stores {
  return {
    conversations: {
      begin: (row) => client.call('beginConversation', row),
      finish: (id, end) => client.call('finishConversation', id, end),
      list: ({ limit, offset = 0, search = null, runId = null }) =>
        client.call('readConversations', { limit, offset, search, runId }),
      get: (id) => client.call('readConversation', id),
    },
    documents: {
      save: (row) => client.call('saveDocument', row),
      list: ({ limit, offset = 0 }) => client.call('readDocuments', limit, offset),
      get: (id) => client.call('readDocument', id),
    },
    prompts: {
      list: () => client.call('readPrompts'),
      index: () => client.call('readPromptIndex'),
      get: (name) => client.call('readPrompt', name),
      search: (search, limit) => client.call('searchPrompts', search, limit),
      save: (draft, note) => client.call('savePrompt', draft, note),
      rename: (name, to) => client.call('renamePrompt', name, to),
      delete: (name) => client.call('deletePrompt', name),
      versions: (name) => client.call('readPromptVersions', name),
      setFavourite: (name, favourite) => client.call('setPromptFavourite', name, favourite),
      favourites: () => client.call('readPromptFavourites'),
    },
    ...figuresOf(client),
    findings: {
      save: (runId, findings) => client.call('saveFindings', runId, findings),
      list: (runId) => client.call('readFindings', runId),
      decide: (workspace, decision) => client.call('decideFinding', workspace, decision),
      forget: (workspace, fingerprints) => client.call('forgetDecisions', workspace, fingerprints),
      decisions: (workspace) => client.call('readDecisions', workspace),
    },
    audit: {
      record: (action, subject, detail) => client.call('recordAudit', action, subject, detail),
      has: (action, subject) => client.call('hasAudit', action, subject),
      list: (query) => client.call('readAudit', query),
    },
    maintenance: {
      backups: () => client.call('listBackups'),
      backUp: () => client.call('backUp'),
      restore: (file) => client.call('restoreBackup', path.resolve(file)),
      check: () => client.call('checkDatabase'),
      importOrchestration: (file) => client.call('importOrchestration', path.resolve(file)),
      compact: () => client.call('compactDatabase'),
    },
    stats: () => client.call('readStats'),
    copyTo: (file) => client.call('copyTo', path.resolve(file)),
    close: () => client.close(),
  };
}

/** What was used, and how it went. */
function figuresOf(client: StorageClient): Pick<Stores, 'usage' | 'spans'> {
  return {
    usage: {
      record: (row) => client.call('recordUsage', row),
      summary: (since) => client.call('summarizeUsage', since),
      periods: (since, by) => client.call('readUsagePeriods', since, by),
      list: ({ since, limit, offset = 0 }) => client.call('readUsage', since, limit, offset),
      ofRun: (runId) => client.call('readUsageOfRun', runId),
    },
    spans: {
      save: (spans) => client.call('saveSpans', spans),
      ofRun: (runId) => client.call('readSpans', runId),
      report: (query) => client.call('reportSpans', query),
      untraced: (query) => client.call('untracedRuns', query),
    },
  };
}

function historyOf(client: StorageClient): HistoryStore {
  return {
    runs: (query) => client.call('historyRuns', query),
    counts: (query) => client.call('historyCounts', query),
    unfinished: (filter) => client.call('historyUnfinished', filter),
    conversations: (query) => client.call('historyConversations', query),
    documents: (query) => client.call('historyDocuments', query),
    deleteRuns: (runIds) => client.call('deleteRuns', runIds),
    deleteBefore: (query) => client.call('deleteBefore', query),
  };
}
