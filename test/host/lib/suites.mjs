import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { readCounts } from '../../../scripts/lib/counts.mjs';
import { inProject, listFiles, root, say } from '../../../scripts/lib/project.mjs';
import { temporaryFolder } from '../../../scripts/lib/temporary.mjs';
import { oneTest } from '../../../scripts/lib/verdict.mjs';
import { HostSession } from '../code-server/session.mjs';
import { withTimeout } from '../code-server/wait.mjs';
import { createWorkspace } from './workspaces.mjs';

const TIMEOUT_MS = 600_000;
const OUTPUT_POLL_MS = 50;
export const MOCHA_RUNNER = inProject('test', 'host', 'in-host', 'mocha-runner.cjs');

/** Compiles the suites to CommonJS, which the extension host's require() of `vscode` needs; returns their folder. */
export async function buildSuites() {
  const sources = listFiles(inProject('test', 'host', 'suites'), (file) => file.endsWith('.test.ts'));
  const outdir = inProject('out', 'test-host', 'suites');
  fs.rmSync(outdir, { recursive: true, force: true });
  if (sources.length === 0) return undefined;
  await build({
    absWorkingDir: root,
    entryPoints: sources,
    outdir,
    outbase: inProject('test', 'host', 'suites'),
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
    // The table of commands names code that never runs in a suite.
    logOverride: { 'empty-import-meta': 'silent' },
  });
  return outdir;
}

/** The files through which the runner inside the extension host reports, and the variables that name them; `write` takes its output. */
export function suiteChannel(suites, grep, write) {
  const { folder, remove } = temporaryFolder('ensemble-suites-');
  const outputFile = path.join(folder, 'output');
  const countsFile = path.join(folder, 'counts.json');
  const env = {
    ENSEMBLE_HOST_SUITES: suites,
    ENSEMBLE_HOST_OUTPUT: outputFile,
    ENSEMBLE_HOST_COUNTS: countsFile,
    ENSEMBLE_HOST_GREP: grep ?? '',
    ENSEMBLE_HOST_COLOR: process.stdout.isTTY ? '1' : '',
    ENSEMBLE_HOST_MOCHA: path.dirname(createRequire(import.meta.url).resolve('mocha/package.json')),
  };
  const stopFollowing = follow(outputFile, write);
  return {
    env,
    counts: () => readCounts(countsFile),
    close: () => {
      stopFollowing();
      remove();
    },
  };
}

/** Gives what is appended to `file` to `write` until the returned function is called. */
function follow(file, write) {
  let position = 0;
  const pump = () => {
    if (!fs.existsSync(file)) return;
    const content = fs.readFileSync(file);
    if (content.length > position) write(content.subarray(position));
    position = content.length;
  };
  const timer = setInterval(pump, OUTPUT_POLL_MS);
  return () => {
    clearInterval(timer);
    pump();
  };
}

const died = (reason) => oneTest(`suites: ${reason}`, false);

/** Runs the compiled suites in the code-server host and returns their counts. */
export async function runSuitesInCodeServer(suites, { host, extension, grep, flags = {}, write }) {
  const channel = suiteChannel(suites, grep, write);
  const { folder: workspace, remove } = createWorkspace();
  const development = extension.development;
  const { env } = channel;
  const session = new HostSession({ host, development, workspace, tests: MOCHA_RUNNER, env, ...flags });
  let counts;
  try {
    const ended = session.testsExit();
    await session.start();
    await withTimeout('The suites', TIMEOUT_MS, ended);
    counts = channel.counts();
  } catch (error) {
    say(`[host] ${error.message}\n${session.server.tail()}`);
  } finally {
    await session.close();
    remove();
    channel.close();
  }
  return counts ?? died('the extension host ended before the suites did');
}
