// Opening a database of 100,000 rows and listing its first page, each time in a process of its own.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { prepare, quantile } from './data.mjs';

const ROUNDS = 7;
const WHO = { 'Ensemble storage (worker)': 'ensemble', 'node:sqlite': 'node', 'sql.js, whole file': 'whole' };
const COMMONJS_NAMES =
  `import{createRequire as $c}from'node:module';import{fileURLToPath as $f}from'node:url';import{dirname as $d}from'node:path';` +
  'const require=$c(import.meta.url);const __filename=$f(import.meta.url);const __dirname=$d(__filename);';

/** The storage bundled as it is shipped, with its worker and its module beside it. */
async function bundle(folder) {
  const source = (name) => fileURLToPath(new URL(`../../src/${name}`, import.meta.url));
  const shared = {
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  };
  // What an export needs stays in a file of its own, as in the product.
  await build({ ...shared, entryPoints: { store: source('adapters/storage/open-storage.ts') }, splitting: true });
  const worker = { 'storage-worker': source('entries/storage-worker.ts') };
  await build({ ...shared, entryPoints: worker, banner: { js: COMMONJS_NAMES } });
  const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm-debug.wasm');
  fs.copyFileSync(wasm, path.join(folder, 'sql-wasm-debug.wasm'));
  return pathToFileURL(path.join(folder, 'store.mjs')).href;
}

export async function openBench(folder) {
  const file = await prepare(folder, 100_000);
  const store = await bundle(path.join(folder, 'bundle'));
  const child = fileURLToPath(new URL('./open-child.mjs', import.meta.url));
  const seen = new Map(Object.keys(WHO).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, who] of Object.entries(WHO)) {
      const { stdout, stderr, status } = spawnSync(process.execPath, [child, who, file], {
        encoding: 'utf8',
        env: { ...process.env, ENSEMBLE_BENCH_STORE: store },
      });
      if (status !== 0) throw new Error(stderr);
      // The first round fills the disk's cache, and makes the day's backup.
      if (round > 0) seen.get(name).push(JSON.parse(stdout));
    }
  }
  const rows = [...seen].map(([name, runs]) => {
    const middle = (key) =>
      quantile(
        runs.map((run) => run[key]),
        0.5,
      );
    return {
      name,
      ms: middle('ms'),
      slowest: Math.max(...runs.map(({ ms }) => ms)),
      resident: middle('after'),
      before: middle('before'),
    };
  });
  console.log(
    '| 100,000 conversations | open + first page, ms (median) | slowest | resident MB after it | of that the process alone |\n|---|---|---|---|---|',
  );
  for (const { name, ms, slowest, resident, before } of rows)
    console.log(`| ${[name, ms.toFixed(0), slowest.toFixed(0), resident.toFixed(0), before.toFixed(0)].join(' | ')} |`);
  console.log('\nGoals: at most 150 ms, at most 120 MB resident.\n');
  fs.rmSync(`${file}.backups`, { recursive: true, force: true });
  return rows;
}
