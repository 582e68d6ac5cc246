#!/usr/bin/env node
/** Formats the project and applies Biome's safe fixes; `format.mjs FILE...` does only those files. */
import { ensureDependencies } from './lib/dependencies.mjs';
import { runNode } from './lib/process.mjs';
import { inProject, runMain } from './lib/project.mjs';

await runMain(async (args) => {
  await ensureDependencies();
  const biome = inProject('node_modules', '@biomejs', 'biome', 'bin', 'biome');
  return runNode([biome, 'check', '--write', ...(args.length > 0 ? args : ['.'])]);
});
