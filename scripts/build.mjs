#!/usr/bin/env node
/**
 * Builds dist/: the bundles, the declarations of the library, the third-party notices.
 *
 *   build.mjs [--watch] [--dev] [--no-types]
 */
import { ensureDependencies } from './lib/dependencies.mjs';
import { runNode } from './lib/process.mjs';
import { inProject, runMain, say } from './lib/project.mjs';

await runMain(async (args) => {
  await ensureDependencies();
  // Imported late: before the line above, esbuild may not be there.
  const { buildBundles, watchBundles } = await import('../esbuild.config.mjs');
  if (args.includes('--watch')) return watchBundles();
  const started = Date.now();
  await buildBundles({ dev: args.includes('--dev') });
  if (!args.includes('--no-types')) {
    const code = await runNode([inProject('scripts', 'build-types.mjs')]);
    if (code !== 0) return code;
  }
  say(`Built dist/ in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return 0;
});
