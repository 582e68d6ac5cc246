import type { JournalWrite } from '../../src/core/engine/journal-entry.ts';
import { EnsembleError } from '../../src/core/errors.ts';
import type { RunJournal } from '../../src/core/ports.ts';

/**
 * A journal whose process dies at its append number `limit`. That write is kept or lost as told, the caller hears an error in
 * both cases, and nothing that comes later arrives: no append, no release.
 */
export class FailingJournal {
  appends = 0;
  readonly journal: RunJournal;

  constructor(inner: RunJournal, limit: number, keepLast: boolean) {
    const append = async (runId: string, epoch: number, write: JournalWrite) => {
      this.appends++;
      if (this.appends < limit) return inner.append(runId, epoch, write);
      if (this.appends === limit && keepLast) await inner.append(runId, epoch, write);
      throw new EnsembleError('storage-failed', 'The process died here.');
    };
    this.journal = {
      append,
      create: (...args) => inner.create(...args),
      claim: (...args) => inner.claim(...args),
      release: async (...args) => {
        if (this.appends < limit) await inner.release(...args);
      },
      read: (...args) => inner.read(...args),
      get: (...args) => inner.get(...args),
      list: (...args) => inner.list(...args),
      tasks: (...args) => inner.tasks(...args),
      messages: (...args) => inner.messages(...args),
      approvals: (...args) => inner.approvals(...args),
      answer: (...args) => inner.answer(...args),
    };
  }
}
