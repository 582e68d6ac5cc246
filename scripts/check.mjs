#!/usr/bin/env node
/** Everything that can be checked without running the product: types, lint and format, import rules, sizes. */
import { COUNTS_VARIABLE, countChecks, formatCounts, reportCounts } from './lib/counts.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { runNode } from './lib/process.mjs';
import { inProject, runMain, ScriptError, say } from './lib/project.mjs';

const tool = (...parts) => inProject('node_modules', ...parts);

const CHECKS = [
  {
    name: 'types',
    args: [
      tool('typescript', 'bin', 'tsc'),
      '--noEmit',
      '--incremental',
      '--tsBuildInfoFile',
      inProject('out', 'types.tsbuildinfo'),
    ],
  },
  // Browser code knows the DOM and no Node.
  {
    name: 'types-of-pages',
    args: [tool('typescript', 'bin', 'tsc'), '--noEmit', '-p', inProject('src', 'shells', 'webview')],
  },
  { name: 'lint', args: [tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'imports', args: [inProject('scripts', 'check-imports.mjs')] },
  { name: 'sizes', args: [inProject('scripts', 'check-sizes.mjs')] },
];

function selected(args) {
  const unknown = args.filter((name) => !CHECKS.some((check) => check.name === name));
  if (unknown.length > 0) {
    throw new ScriptError(
      `No check is called ${unknown.join(', ')}. There are ${CHECKS.map(({ name }) => name).join(', ')}.`,
    );
  }
  return args.length === 0 ? CHECKS : CHECKS.filter(({ name }) => args.includes(name));
}

await runMain(async (args) => {
  await ensureDependencies();
  const results = [];
  for (const { name, args: command } of selected(args)) {
    const started = Date.now();
    const code = await runNode(command, { env: { [COUNTS_VARIABLE]: '' } });
    say(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    results.push({ name, ok: code === 0 });
  }
  const counts = countChecks(results);
  reportCounts(counts);
  say(`check: ${formatCounts(counts)}`);
  return counts.failed > 0 ? 1 : 0;
});
