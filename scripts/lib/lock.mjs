import fs from 'node:fs';
import { ScriptError } from './project.mjs';

const POLL_MS = 200;

/**
 * When the process started, where the system tells (Linux): a process id alone may have been given to another program
 * since the lock was written.
 */
function startTime(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '';
  }
}

function isAlive({ pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return started === '' || startTime(pid) === started;
}

function readHolder(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Creates the lock with its content in one step (a link), so that nobody ever reads a half-written one. */
function tryTake(file) {
  const mine = `${file}.${process.pid}`;
  fs.writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startTime(process.pid) }));
  try {
    fs.linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

/**
 * Removes a dead owner's lock. Somebody else may have done the same and taken the lock between our look and our rename:
 * then what we moved away is alive and goes back.
 */
function removeDead(file, dead) {
  const aside = `${file}.dead-${process.pid}`;
  try {
    fs.renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved && moved.pid !== dead.pid && isAlive(moved)) {
    try {
      fs.linkSync(aside, file);
    } catch {
      // A third process took it meanwhile: what the lock guards ends in an atomic rename, so the work is only done twice.
    }
  }
  fs.rmSync(aside, { force: true });
}

/**
 * Runs `work` while this process holds the lock file. Waits for a living owner (default: at most ten minutes), takes
 * over from a dead one at once.
 */
export async function withLock(file, work, { waitMs = 600_000, onWait } = {}) {
  const deadline = Date.now() + waitMs;
  let told = false;
  while (!tryTake(file)) {
    const holder = readHolder(file);
    if (holder && !isAlive(holder)) {
      removeDead(file, holder);
      continue;
    }
    if (holder && !told) {
      told = true;
      onWait?.(holder.pid);
    }
    if (Date.now() > deadline) {
      throw new ScriptError(
        `Process ${holder?.pid} has held ${file} for too long. End it, or delete that file, and try again.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}
