// The store at 1,000 to 100,000 conversations: inserts, opening, memory, searching; beside Node's own SQLite and sql.js as it is
// usually used. Run with Node 24 or newer: it imports the TypeScript sources. Needs about 4 GB of temporary space.
// `node bench/storage/bench.mjs prepare|insert|open|search` runs a part; ENSEMBLE_BENCH_DATA names a folder that keeps the databases.
import { pathToFileURL } from 'node:url';
import { dataFolder, prepare } from './data.mjs';
import { insertBench } from './insert.mjs';
import { openBench } from './open.mjs';
import { searchBench } from './search.mjs';

const PARTS = { insert: insertBench, open: openBench, search: searchBench };

/** Prints tables for people and a line of JSON; resolves with the figures. */
export async function run(parts = Object.keys(PARTS)) {
  const { folder, clean } = dataFolder();
  try {
    const figures = {};
    for (const part of parts) figures[part] = await PARTS[part](folder);
    console.log(JSON.stringify({ bench: 'storage', ...figures }));
    return figures;
  } finally {
    clean();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const parts = process.argv.slice(2);
  if (parts.includes('prepare')) for (const size of [1_000, 10_000, 100_000]) await prepare(dataFolder().folder, size);
  const measured = parts.filter((part) => part in PARTS);
  if (measured.length > 0 || parts.length === 0) await run(measured.length > 0 ? measured : undefined);
}
