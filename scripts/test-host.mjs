#!/usr/bin/env node
/**
 * Runs the tests in a real VS Code (test/host/README.md): suites in the extension host, UI scripts against the development
 * folder and against the packed VSIX.
 *
 *   test-host.mjs [--suites [--grep RE]] [--ui [NAME]] [--jobs N] [--second-try] [--no-build] [--headed] [--keep] [--verbose]
 *
 * So many windows are driven at once (default: 2, or 1 when they are watched): the suites have one, each UI script has one.
 * What is run beside another is printed when it has ended. With --second-try a script that failed runs once more, alone, at
 * the end (docs/decisions/2026-11-22-second-try.md).
 */
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { addCounts, formatCounts, noCounts, problemLines, reportCounts } from './lib/counts.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { runJobs, runJobsTwice } from './lib/jobs.mjs';
import { runNode } from './lib/process.mjs';
import { inProject, runMain, ScriptError, say } from './lib/project.mjs';

function parse(args) {
  const { values, positionals } = parseArgs({
    args,
    allowNegative: true,
    allowPositionals: true,
    options: {
      suites: { type: 'boolean' },
      ui: { type: 'boolean' },
      grep: { type: 'string' },
      jobs: { type: 'string' },
      'second-try': { type: 'boolean', default: false },
      build: { type: 'boolean', default: true },
      headed: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  const all = !values.suites && !values.ui;
  const { headed, keep, verbose } = values;
  const jobs = Number(values.jobs ?? (headed || verbose ? 1 : 2));
  if (!(jobs >= 1)) throw new ScriptError('--jobs takes a number from 1 on.');
  return {
    jobs,
    secondTry: values['second-try'],
    build: values.build,
    suites: all || values.suites,
    ui: all || values.ui,
    filter: positionals[0],
    grep: values.grep,
    flags: { headed, keep, verbose },
  };
}

async function run(script, ...args) {
  const code = await runNode([inProject('scripts', script), ...args], { env: { ENSEMBLE_COUNTS: '' } });
  if (code !== 0) throw new ScriptError(`${script} failed; the tests in VS Code were not started.`);
}

/** Suites: in a desktop VS Code where there is one, else (or when it did not come up) in the code-server host. */
async function runSuites({ grep, flags }, hostOf, extension, write) {
  const { buildSuites, runSuitesInCodeServer } = await import('../test/host/lib/suites.mjs');
  const suites = await buildSuites();
  if (!suites) return { ...noCounts(), failed: 1, failures: ['test/host/suites holds no suite'] };
  const { findDesktop, runSuitesInDesktop } = await import('../test/host/lib/desktop.mjs');
  const desktop = await findDesktop();
  if (desktop) {
    const counts = await runSuitesInDesktop(suites, { desktop, extension, grep, write });
    if (counts) return counts;
    write('[host] the desktop VS Code ended before the suites reported anything.\n');
  }
  const host = await hostOf();
  write(`[host] suites in VS Code ${host.version} (code-server host)\n`);
  return runSuitesInCodeServer(suites, { host, extension, grep, flags, write });
}

/** The UI scripts whose names match, one job for each of their targets. */
async function uiJobs({ filter, flags }, hostOf, extension) {
  const { loadUiScripts, runUiScript } = await import('../test/host/lib/ui-scripts.mjs');
  const scripts = await loadUiScripts(filter);
  if (scripts.length === 0)
    return [async () => ({ ...noCounts(), failed: 1, failures: [`no UI script is named ${filter}`] })];
  const packed = scripts.some(({ targets }) => targets.includes('vsix'));
  // Always packed again: an old package would be tested in place of what dist/ holds now.
  if (packed) await run('package.mjs', '--no-build', '--out', extension.vsix);
  return scripts.flatMap((script) =>
    script.targets.map(
      (target) => async (write) =>
        runUiScript(script, target, {
          host: await hostOf(),
          extension,
          flags,
          print: (line) => write(`${line}\n`),
        }),
    ),
  );
}

await runMain(async (args) => {
  const options = parse(args);
  await ensureDependencies();
  if (options.build) await run('build.mjs', '--no-types');
  fs.mkdirSync(inProject('out'), { recursive: true });
  const extension = { development: inProject(), vsix: inProject('out', 'ensemble-agents.vsix') };
  const { installHost } = await import('../test/host/code-server/install.mjs');
  let host;
  const hostOf = () => {
    host ??= installHost();
    return host;
  };
  const jobs = [];
  if (options.suites) jobs.push((write) => runSuites(options, hostOf, extension, write));
  if (options.ui) jobs.push(...(await uiJobs(options, hostOf, extension)));
  const all = await (options.secondTry ? runJobsTwice : runJobs)(jobs, options.jobs);
  const counts = all.reduce(addCounts, noCounts());
  for (const line of problemLines(counts)) say(line);
  say(`host: ${formatCounts(counts)}`);
  reportCounts(counts);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
});
