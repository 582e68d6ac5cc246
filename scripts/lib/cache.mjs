import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { say } from './project.mjs';

/** Where downloaded tools are kept between runs and shared by all working copies. */
export function cacheRoot(env = process.env) {
  if (env.ENSEMBLE_CACHE) return path.resolve(env.ENSEMBLE_CACHE);
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'ensemble');
}

/**
 * Returns `<cache>/<name>`, filled by `fill(folder)` the first time. Filling happens in a temporary folder that is renamed
 * when it is complete: an interrupted or concurrent run never leaves half a tool behind.
 */
export async function cached(name, fill, { env = process.env } = {}) {
  const final = path.join(cacheRoot(env), name);
  if (fs.existsSync(final)) return final;
  fs.mkdirSync(path.dirname(final), { recursive: true });
  const onWait = (pid) => say(`Waiting for process ${pid}, which is installing ${name} …`);
  await withLock(`${final}.lock`, () => fillOnce(final, fill), { onWait });
  return final;
}

async function fillOnce(final, fill) {
  if (fs.existsSync(final)) return;
  removeLeftovers(final);
  const work = fs.mkdtempSync(`${final}.tmp-`);
  try {
    await fill(work);
    fs.renameSync(work, final);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** Temporary folders of runs that were killed; the lock is ours, so nobody is using them. */
function removeLeftovers(final) {
  const folder = path.dirname(final);
  const prefix = `${path.basename(final)}.tmp-`;
  for (const entry of fs.readdirSync(folder)) {
    if (entry.startsWith(prefix)) fs.rmSync(path.join(folder, entry), { recursive: true, force: true });
  }
}
