// Runs the benchmarks and prints one markdown report. `node bench/run.mjs [name...]`, from the repository's root.
import { cpus, loadavg } from 'node:os';

const BENCHES = ['engine', 'storage', 'startup', 'pool', 'messages', 'workflows'];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !BENCHES.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown benchmark ${unknown.join(', ')}. There are: ${BENCHES.join(', ')}.`);
  process.exit(2);
}

console.log(`Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(2)} at the start\n`);
for (const name of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`## ${name}\n`);
  const { run } = await import(`./${name}/bench.mjs`);
  await run();
  console.log('');
}
