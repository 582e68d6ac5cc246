// What starting costs: bytes loaded at activation, size of the package, time of the command line until it answers.
// Build and package first (`npm run build`, `npm run package`).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const REPETITIONS = 15;

/** Bytes of a bundle file and of everything it imports statically, each file once. */
export function staticClosureBytes(file, seen = new Set()) {
  if (seen.has(file)) return 0;
  seen.add(file);
  const code = readFileSync(file, 'utf8');
  let bytes = Buffer.byteLength(code);
  for (const [, specifier] of code.matchAll(
    /(?:^|[;\n}])\s*(?:import|export)\s*(?:[^'"()]*?from\s*)?["'](\.[^"']+)["']/g,
  )) {
    bytes += staticClosureBytes(path.resolve(path.dirname(file), specifier), seen);
  }
  return bytes;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Milliseconds of a whole process, alternating with an empty Node process so that machine noise hits both. */
function compareStart(args) {
  const times = { ours: [], node: [] };
  for (let index = 0; index < REPETITIONS; index++) {
    for (const [name, argv] of [
      ['ours', args],
      ['node', ['-e', '']],
    ]) {
      const began = process.hrtime.bigint();
      spawnSync(process.execPath, argv, { stdio: 'ignore' });
      times[name].push(Number(process.hrtime.bigint() - began) / 1e6);
    }
  }
  return { ours: median(times.ours), node: median(times.node) };
}

export async function run() {
  const rows = [['measure', 'value', 'goal']];
  rows.push([
    'bytes loaded at activation',
    `${(staticClosureBytes(path.resolve('dist/extension.js')) / 1000).toFixed(1)} kB`,
    '<= 60 kB',
  ]);
  const vsix = readdirSync('.').find((name) => name.endsWith('.vsix'));
  rows.push([
    'VSIX',
    vsix && existsSync(vsix) ? `${(statSync(vsix).size / 1e6).toFixed(2)} MB` : 'not packaged',
    '<= 6 MB',
  ]);
  const start = compareStart(['dist/cli.js', '--version']);
  rows.push([
    '`ensemble --version`, median of 15',
    `${start.ours.toFixed(0)} ms (an empty Node: ${start.node.toFixed(0)} ms)`,
    '',
  ]);
  console.log(rows.map((row, index) => `| ${row.join(' | ')} |${index === 0 ? '\n|---|---|---|' : ''}`).join('\n'));
}
