#!/usr/bin/env node
/**
 * Writes dist/index.d.ts and dist/engine.d.ts: one self-contained declaration file per library bundle. Our packages are
 * devDependencies (everything is bundled), so a declaration that still imported one would be `any` at the user's.
 */
import fs from 'node:fs';
import { generateDtsBundle } from 'dts-bundle-generator';
import { inProject, isMain, runMain, ScriptError } from './lib/project.mjs';

const LIBRARIES = { index: 'src/entries/index.ts', engine: 'src/entries/engine.ts' };
const INLINED = ['zod', 'p-limit'];
const IMPORT = /^(?:import|export)\b.*?\bfrom\s+['"]([^'"]+)['"]/gm;

function rejectForeignImports(name, text) {
  const foreign = [...text.matchAll(IMPORT)].map(([, from]) => from).filter((from) => !from.startsWith('node:'));
  if (foreign.length === 0) return;
  throw new ScriptError(
    `dist/${name}.d.ts imports types of ${foreign.join(', ')}. Keep them out of the public types, or add the package to ` +
      'INLINED in scripts/build-types.mjs.',
  );
}

export function buildTypes() {
  const names = Object.keys(LIBRARIES);
  const entries = Object.values(LIBRARIES).map((source) => ({
    filePath: inProject(source),
    libraries: { inlinedLibraries: INLINED, allowedTypesLibraries: ['node'] },
    output: { noBanner: true, exportReferencedTypes: false },
  }));
  const texts = generateDtsBundle(entries, { preferredConfigPath: inProject('tsconfig.json') });
  names.forEach((name, index) => {
    rejectForeignImports(name, texts[index]);
    fs.writeFileSync(inProject('dist', `${name}.d.ts`), texts[index]);
  });
}

if (isMain(import.meta.url)) {
  await runMain(() => buildTypes());
}
