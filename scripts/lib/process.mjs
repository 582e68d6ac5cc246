import { spawn, spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { root, ScriptError } from './project.mjs';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program with our own stdin and output and resolves with its exit code (128 + n when a signal ended it).
 * Signals to us go to the child as well, so that it can end in order. `env` is added to our environment, or takes its
 * place with `replaceEnv`.
 */
export function runStreaming(command, args, { env, replaceEnv = false, cwd = root, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const environment = replaceEnv ? env : { ...process.env, ...env };
    const child = spawn(command, args, { cwd, stdio: 'inherit', env: environment });
    const forward = (signal) => child.kill(signal);
    const timer = timeoutMs && setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    for (const signal of FORWARDED) process.on(signal, forward);
    const settle = () => {
      clearTimeout(timer);
      for (const signal of FORWARDED) process.off(signal, forward);
    };
    child.once('error', (error) => {
      settle();
      reject(new ScriptError(`${command} could not be started: ${error.message}`));
    });
    child.once('exit', (code, signal) => {
      settle();
      resolve(code ?? 128 + (os.constants.signals[signal] ?? 0));
    });
  });
}

/** The same for a Node program under the Node that runs us. */
export function runNode(args, options) {
  return runStreaming(process.execPath, args, options);
}

/** Runs a program to its end and returns its stdout; anything but exit code 0 is an error that shows its last lines. */
export function capture(command, args, { cwd = root, env, timeoutMs = 600_000, shell = false } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    shell,
    env: env ?? process.env,
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 1 << 27,
  });
  if (result.error) throw new ScriptError(`${command}: ${result.error.message}`);
  if (result.status !== 0) {
    const lines = `${result.stderr ?? ''}${result.stdout ?? ''}`.trim().split('\n').slice(-15).join('\n');
    throw new ScriptError(`${[command, ...args].join(' ')} ended with ${result.status ?? result.signal}:\n${lines}`);
  }
  return result.stdout;
}

/** The environment with `folder` first on PATH (the variable's name differs in case on Windows). */
export function withPath(folder, env = process.env) {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [name]: env[name] ? `${folder}${path.delimiter}${env[name]}` : folder };
}
