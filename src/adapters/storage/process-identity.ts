import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import type { RunOwner } from '../../core/ports.ts';

/**
 * Who this process is, in terms that another process can check later. `host` has three parts: the machine, its present
 * boot, and the process id namespace (containers of one host count pids apart). Every call makes a new nonce.
 */
export function currentOwner(): RunOwner {
  return {
    host: hostIdentity(),
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? '',
    nonce: randomBytes(8).toString('hex'),
  };
}

/**
 * Whether the owner's process still runs: false only when that is proven, null when it cannot be known from here (other
 * machine or container). Callers treat null as alive.
 */
export function isAlive(owner: RunOwner): boolean | null {
  const here = hostIdentity();
  if (owner.host !== here) return isEarlierBoot(owner.host, here) ? false : null;
  const startTime = startTimeOf(owner.pid);
  if (startTime === null) return false;
  return startTime === owner.startTime || startTime === '' || owner.startTime === '';
}

/** A process stays where it is, and is asked for with every run. */
let knownIdentity: string | null = null;

/** Machine, boot and pid namespace; parts that the system does not tell are empty. */
function hostIdentity(): string {
  if (knownIdentity === null) {
    const machine = readText('/etc/machine-id').slice(0, 12);
    const boot = readText('/proc/sys/kernel/random/boot_id').slice(0, 13);
    knownIdentity = [`${os.hostname()}.${machine}`, boot, pidNamespace()].join('/');
  }
  return knownIdentity;
}

function isEarlierBoot(other: string, here: string): boolean {
  const [otherMachine, otherBoot] = other.split('/');
  const [machine, boot] = here.split('/');
  return otherMachine === machine && Boolean(otherBoot) && Boolean(boot) && otherBoot !== boot;
}

function pidNamespace(): string {
  try {
    return fs.readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '';
  }
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Start time in the system's own unit; `''`: runs, but the time is unknown; null: no such process, or a zombie. */
function startTimeOf(pid: number): string | null {
  if (process.platform === 'linux') return linuxStartTime(pid);
  if (!exists(pid)) return null;
  return process.platform === 'win32' ? '' : unixStartTime(pid);
}

function linuxStartTime(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === '') return null;
  // The second field is the program's name in brackets and may hold anything; the others follow the last bracket.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? null : (fields[18] ?? '');
}

function unixStartTime(pid: number): string {
  try {
    const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim();
  } catch {
    return '';
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
