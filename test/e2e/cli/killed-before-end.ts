import { openStorage } from '../../../src/adapters/storage/open-storage.ts';
import { createEnsemble } from '../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config.ts';
import type { RunJournal } from '../../../src/core/ports.ts';

// A process that reviews the current folder by rules and is killed when the run's documents are saved and its end is not yet
// written. Arguments: database, the storage worker.

const [file = '', workerUrl = ''] = process.argv.slice(2);
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const storage = await openStorage({ file, workerUrl: new URL(workerUrl), logger });
const append: RunJournal['append'] = (runId, epoch, write) => {
  if (write.entries.some(({ kind }) => kind === 'run-ended')) process.kill(process.pid, 'SIGKILL');
  return storage.journal.append(runId, epoch, write);
};
// The methods of the journal use what it holds itself, so that it stays whole behind the one that is replaced.
const journal = new Proxy(storage.journal, {
  get: (target, name) => {
    const value = Reflect.get(target, name);
    if (name === 'append') return append;
    return typeof value === 'function' ? value.bind(target) : value;
  },
});
const ensemble = await createEnsemble({ config: DEFAULT_CONFIG, storage: { ...storage, journal } });
await ensemble.review({ kind: 'review', target: { type: 'paths', paths: ['src'] }, depth: 'standard' });
