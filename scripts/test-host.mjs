#!/usr/bin/env node
/**
 * Runs the tests in a real VS Code (test/host/README.md): suites in the extension host, UI scripts against the development
 * folder and against the packed VSIX.
 *
 *   test-host.mjs [--suites [--grep RE]] [--ui [NAME]] [--jobs N] [--no-build] [--headed] [--keep] [--verbose]
 *
 * So many UI scripts run at once (default: 2, or 1 when they are watched): they mostly wait. Each prints when it has ended.
 */
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { addCounts, formatCounts, noCounts, reportCounts } from './lib/counts.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
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
async function runSuites({ grep, flags }, hostOf, extension) {
  const { buildSuites, runSuitesInCodeServer } = await import('../test/host/lib/suites.mjs');
  const suites = await buildSuites();
  if (!suites) return { ...noCounts(), failed: 1, failures: ['test/host/suites holds no suite'] };
  const { findDesktop, runSuitesInDesktop } = await import('../test/host/lib/desktop.mjs');
  const desktop = await findDesktop();
  if (desktop) {
    const counts = await runSuitesInDesktop(suites, { desktop, extension, grep });
    if (counts) return counts;
    say('[host] the desktop VS Code ended before the suites reported anything.');
  }
  const host = await hostOf();
  say(`[host] suites in VS Code ${host.version} (code-server host)`);
  return runSuitesInCodeServer(suites, { host, extension, grep, flags });
}

async function runUiScripts({ filter, flags, jobs }, hostOf, extension) {
  const { loadUiScripts, runUiScript } = await import('../test/host/lib/ui-scripts.mjs');
  const scripts = await loadUiScripts(filter);
  if (scripts.length === 0) return { ...noCounts(), failed: 1, failures: [`no UI script matches ${filter ?? ''}`] };
  const packed = scripts.some(({ targets }) => targets.includes('vsix'));
  // Always packed again: an old package would be tested in place of what dist/ holds now.
  if (packed) await run('package.mjs', '--no-build', '--out', extension.vsix);
  const host = await hostOf();
  const { default: pLimit } = await import('p-limit');
  const atOnce = pLimit(jobs);
  const runs = scripts.flatMap((script) => script.targets.map((target) => ({ script, target })));
  const counts = await Promise.all(
    runs.map(({ script, target }) =>
      atOnce(async () => {
        const lines = [];
        const print = jobs === 1 ? say : (line) => lines.push(line);
        const counted = await runUiScript(script, target, { host, extension, flags, print });
        if (lines.length > 0) say(lines.join('\n'));
        return counted;
      }),
    ),
  );
  return counts.reduce(addCounts, noCounts());
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
  let counts = noCounts();
  if (options.suites) counts = addCounts(counts, await runSuites(options, hostOf, extension));
  if (options.ui) counts = addCounts(counts, await runUiScripts(options, hostOf, extension));
  for (const failure of counts.failures) say(`FAIL ${failure}`);
  say(`host: ${formatCounts(counts)}`);
  reportCounts(counts);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
});
