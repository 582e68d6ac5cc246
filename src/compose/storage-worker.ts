/** Beside the bundle after a build; the source itself when the product runs unbundled, under a loader for TypeScript. */
export function storageWorkerUrl(): URL {
  const name = import.meta.url.endsWith('.ts') ? '../entries/storage-worker.ts' : './storage-worker.js';
  return new URL(name, import.meta.url);
}
