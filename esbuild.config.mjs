/**
 * The bundles of the product, all in dist/ beside one another, so that `new URL('./x', import.meta.url)` finds the worker
 * and the wasm from every bundle and every chunk.
 *
 *   node esbuild.config.mjs [--watch] [--dev]       (--dev: readable, with source maps)
 *
 * The editor-free bundles are built without `vscode` as an external: an import that leaks into them breaks the build.
 */
import fs from 'node:fs';
import path from 'node:path';
import { build, context } from 'esbuild';
import { bytesLoadedBy, MAX_ACTIVATION_BYTES } from './scripts/lib/activation-size.mjs';
import { inProject, isMain, root, runMain, ScriptError, say } from './scripts/lib/project.mjs';
import { bundledPackages, writeNotices } from './scripts/lib/third-party-notices.mjs';

const NODE_TARGET = 'node22';

// Bundled CommonJS packages call require() and read __dirname; an ES module has neither.
const REQUIRE = `import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url);`;
const COMMONJS_NAMES =
  `import{createRequire as $createRequire}from'node:module';import{fileURLToPath as $toPath}from'node:url';` +
  `import{dirname as $dirname}from'node:path';const require=$createRequire(import.meta.url);` +
  `const __filename=$toPath(import.meta.url);const __dirname=$dirname(__filename);`;

const ASSETS = [
  ['node_modules/sql.js/dist/sql-wasm-debug.wasm', 'sql-wasm-debug.wasm'],
  ['node_modules/@vscode/codicons/dist/codicon.css', 'webview/codicon.css'],
  ['node_modules/@vscode/codicons/dist/codicon.ttf', 'webview/codicon.ttf'],
];
/** Packages whose files are copied, for the notices: no bundle names them. */
const COPIED_PACKAGES = ['node_modules/@vscode/codicons'];

/** What every bundle has in common. Names are kept: error classes and log lines would lose theirs to the minifier. */
const common = (dev) => ({
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: NODE_TARGET,
  format: 'esm',
  minify: !dev,
  sourcemap: dev ? 'linked' : false,
  legalComments: 'none',
  // Its build for Node loads node:crypto for the randomness that we always bring, which is most of what the engine takes to load.
  alias: { ulid: inProject('node_modules/ulid/dist/browser/index.js') },
  metafile: true,
  logLevel: 'warning',
});

/** `name.web.ts` takes the place of `name.ts` beside it in the bundle for browsers. What is left must not need Node. */
const webVariants = {
  name: 'web-variants',
  setup(build) {
    build.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path: imported, resolveDir }) => {
      const variant = path.join(resolveDir, imported.replace(/\.ts$/, '.web.ts'));
      return fs.existsSync(variant) ? { path: variant } : undefined;
    });
  },
};

/** One esbuild run each. `entries`: name in dist/ (without .js) to source file. */
const bundles = [
  {
    name: 'extension',
    entries: { extension: 'src/extension.ts' },
    // The entry is evaluated on activation: it stays tiny, the rest lies in chunks that are loaded on first use.
    options: { splitting: true, chunkNames: 'editor-[name]-[hash]', external: ['vscode'], banner: { js: REQUIRE } },
  },
  {
    name: 'programs',
    entries: { cli: 'src/entries/cli.ts', index: 'src/entries/index.ts' },
    options: { splitting: true, chunkNames: 'node-[name]-[hash]', banner: { js: REQUIRE } },
  },
  {
    // One file for itself: finding and linking the chunks that it shares with the programs takes as long as loading it.
    name: 'engine',
    entries: { engine: 'src/entries/engine.ts' },
    options: {},
  },
  {
    name: 'storage worker',
    entries: { 'storage-worker': 'src/entries/storage-worker.ts' },
    options: { banner: { js: COMMONJS_NAMES } },
  },
  {
    name: 'web extension',
    // The extension host of a browser takes one CommonJS file, and only under a name that ends so.
    entries: { 'web/extension': 'src/extension.ts' },
    options: {
      outExtension: { '.js': '.cjs' },
      platform: 'browser',
      target: 'es2023',
      format: 'cjs',
      external: ['vscode'],
      mainFields: ['browser', 'module', 'main'],
      // The same WebAssembly, with a loader that asks for nothing of Node.
      alias: { 'sql.js/dist/sql-wasm-debug.js': inProject('node_modules/sql.js/dist/sql-wasm-browser-debug.js') },
      plugins: [webVariants],
    },
  },
  {
    name: 'dashboard',
    // The page in the browser: one script without imports, so that a nonce is all that it needs.
    entries: {
      'webview/dashboard': 'src/shells/webview/dashboard/main.ts',
      'webview/dashboard-style': 'src/shells/webview/dashboard/dashboard.css',
    },
    options: { platform: 'browser', target: 'es2022', format: 'iife' },
  },
];

function esbuildOptions(bundle, dev) {
  return { ...common(dev), entryPoints: bundle.entries, ...bundle.options };
}

/** esbuild's options of one bundle by its name, for the test that an import of `vscode` breaks the editor-free ones. */
export function optionsOf(name) {
  return esbuildOptions(
    bundles.find((bundle) => bundle.name === name),
    false,
  );
}

export const bundleNames = bundles.map(({ name }) => name);

function copyAssets() {
  for (const [from, to] of ASSETS) {
    if (!fs.existsSync(inProject(from))) throw new ScriptError(`${from} is missing: run npm ci.`);
    fs.mkdirSync(path.dirname(inProject('dist', to)), { recursive: true });
    fs.writeFileSync(inProject('dist', to), fs.readFileSync(inProject(from)));
  }
}

const filesIn = (folder) => fs.readdirSync(inProject('dist', folder)).map((file) => path.join(folder, file));

/** Removes bundles and assets of earlier builds. Afterwards, not before: somebody may be running the old ones. */
function removeStale(metafiles) {
  const outputs = metafiles.flatMap((metafile) => Object.keys(metafile.outputs));
  const current = new Set([...outputs.map((file) => path.relative('dist', file)), ...ASSETS.map(([, to]) => to)]);
  for (const file of [...filesIn(''), ...filesIn('web'), ...filesIn('webview')]) {
    if (/\.(c?js|c?js\.map|wasm|css|css\.map|ttf)$/.test(file) && !current.has(file))
      fs.rmSync(inProject('dist', file));
  }
}

/** esbuild has printed what is wrong; its exception would only add a stack trace. */
async function buildOne(bundle, dev) {
  try {
    return await build(esbuildOptions(bundle, dev));
  } catch (error) {
    if (!error.errors) throw error;
    throw new ScriptError(`The bundle "${bundle.name}" was not built: ${error.errors.length} error(s), shown above.`);
  }
}

function checkActivation(metafiles) {
  const entry = 'dist/extension.js';
  const metafile = metafiles.find(({ outputs }) => entry in outputs);
  if (!metafile) return;
  const bytes = bytesLoadedBy(metafile, entry);
  say(`Activation loads ${(bytes / 1000).toFixed(1)} kB.`);
  if (bytes > MAX_ACTIVATION_BYTES) {
    throw new ScriptError(
      `More than ${MAX_ACTIVATION_BYTES / 1000} kB at activation: import what is not needed yet with import().`,
    );
  }
}

/** Builds everything once; returns esbuild's descriptions of what went into each bundle. */
export async function buildBundles({ dev = false } = {}) {
  fs.mkdirSync(inProject('dist'), { recursive: true });
  const results = await Promise.all(bundles.map((bundle) => buildOne(bundle, dev)));
  const metafiles = results.map(({ metafile }) => metafile);
  copyAssets();
  fs.chmodSync(inProject('dist', 'cli.js'), 0o755);
  removeStale(metafiles);
  writeNotices([...bundledPackages(metafiles), ...COPIED_PACKAGES], inProject('dist', 'THIRD_PARTY_NOTICES.txt'));
  if (!dev) checkActivation(metafiles);
  return metafiles;
}

/** Builds again whenever a source changes, until the process is ended. */
export async function watchBundles() {
  await buildBundles({ dev: true });
  for (const bundle of bundles) {
    const watched = await context({ ...esbuildOptions(bundle, true), logLevel: 'info' });
    await watched.watch();
  }
  say('Watching src/ …');
  await new Promise(() => {});
}

if (isMain(import.meta.url)) {
  await runMain(async (args) => {
    if (args.includes('--watch')) return watchBundles();
    await buildBundles({ dev: args.includes('--dev') });
    return 0;
  });
}
