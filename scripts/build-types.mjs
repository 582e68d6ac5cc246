#!/usr/bin/env node
/**
 * Writes dist/index.d.ts and dist/engine.d.ts: one self-contained declaration file per library bundle. Our packages are
 * devDependencies (everything is bundled), so a declaration that still imported one would be `any` at the user's.
 */
import fs from 'node:fs';
import { generateDtsBundle } from 'dts-bundle-generator';
import { inProject, isMain, runMain, ScriptError } from './lib/project.mjs';

const LIBRARIES = { index: 'src/entries/index.ts', engine: 'src/entries/engine.ts' };
const INLINED = ['zod'];
const IMPORT = /^(?:import|export)\b.*?\bfrom\s+['"]([^'"]+)['"]/gm;

function rejectForeignImports(name, text) {
  const foreign = [...text.matchAll(IMPORT)].map(([, from]) => from).filter((from) => !from.startsWith('node:'));
  if (foreign.length === 0) return;
  throw new ScriptError(
    `dist/${name}.d.ts imports types of ${foreign.join(', ')}. Keep them out of the public types, or add the package to ` +
      'INLINED in scripts/build-types.mjs.',
  );
}

/**
 * Only files that an entry imports are read, so ambient declarations (`declare module`) have to be named in
 * tsconfig.types.json. The generator prints the errors itself.
 */
function generate(entries) {
  try {
    return generateDtsBundle(entries, { preferredConfigPath: inProject('tsconfig.types.json') });
  } catch (error) {
    throw new ScriptError(`The declarations were not built: ${error.message}. \`npm run check\` shows errors by file.`);
  }
}

export function buildTypes() {
  const names = Object.keys(LIBRARIES);
  const entries = Object.values(LIBRARIES).map((source) => ({
    filePath: inProject(source),
    libraries: { inlinedLibraries: INLINED, allowedTypesLibraries: ['node'] },
    output: { noBanner: true, exportReferencedTypes: false },
  }));
  const texts = generate(entries);
  names.forEach((name, index) => {
    rejectForeignImports(name, texts[index]);
    fs.writeFileSync(inProject('dist', `${name}.d.ts`), texts[index]);
  });
}

if (isMain(import.meta.url)) {
  await runMain(() => buildTypes());
}
