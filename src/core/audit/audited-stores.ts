import { toErrorInfo } from '../errors.ts';
import type { HistoryStore } from '../history/history.ts';
import type { Json } from '../json.ts';
import type { Logger, Stores } from '../ports.ts';
import type { PromptLibrary } from '../prompts/library.ts';

/** Ids that an entry names. */
const MOST_IDS = 20;

/** What is deleted, restored and imported through. */
export interface AuditedParts {
  readonly stores: Stores;
  readonly history: HistoryStore;
  readonly prompts: PromptLibrary;
}

/**
 * The same parts, which write into the audit log what goes for good or comes from outside: deleted runs and documents, a restored
 * backup, what was imported. A log that cannot be written stops nothing.
 */
export function auditedStores({ stores, history, prompts }: AuditedParts, logger: Logger): AuditedParts {
  const record = async (action: string, subject: string, detail: Json) => {
    await stores.audit.record(action, subject, detail).catch((error: unknown) => {
      logger.warn('The audit log could not be written', { action, error: toErrorInfo(error).message });
    });
  };
  const deleted = async (what: string, ids: readonly (string | number)[]) => {
    if (ids.length > 0) await record(`${what}-deleted`, ids.slice(0, MOST_IDS).join(', '), { number: ids.length });
  };
  return {
    history: replacing(history, {
      deleteRuns: async (runIds, options) => {
        const gone = await history.deleteRuns(runIds, options);
        await deleted('runs', gone);
        return gone;
      },
      deleteBefore: async (query) => {
        const runs = await history.deleteBefore(query);
        const { before, workspace = null } = query;
        if (runs > 0) await record('history-deleted', before, { runs, workspace: workspace && [workspace].flat() });
        return runs;
      },
    }),
    prompts: replacing(prompts, {
      applyAll: async (changes, note) => {
        const versions = await prompts.applyAll(changes, note);
        const { save, remove } = changes;
        await record('prompts-changed', note.reason, { saved: save.length, removed: remove.length });
        return versions;
      },
    }),
    stores: replacing(stores, {
      documents: replacing(stores.documents, {
        delete: async (ids) => {
          const gone = await stores.documents.delete(ids);
          await deleted('documents', gone);
          return gone;
        },
      }),
      maintenance: replacing(stores.maintenance, {
        restore: async (file) => {
          await stores.maintenance.restore(file);
          await record('database-restored', file, null);
        },
        importOrchestration: async (file, trial = false) => {
          const taken = await stores.maintenance.importOrchestration(file, trial);
          const { conversations, documents, prompts: imported } = taken;
          if (!trial) await record('database-imported', file, { conversations, documents, prompts: imported });
          return taken;
        },
      }),
    }),
  };
}

/** An object with some of its members in the place of its own. Methods keep their object, which may have private parts. */
function replacing<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get: (_, key) => {
      if (Object.hasOwn(members, key)) return members[key as keyof T];
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
