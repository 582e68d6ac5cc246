import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cached, cacheRoot } from '../../../scripts/lib/cache.mjs';
import { withLock } from '../../../scripts/lib/lock.mjs';
import { inProject } from '../../../scripts/lib/project.mjs';

const CACHE_MODULE = pathToFileURL(inProject('scripts', 'lib', 'cache.mjs')).href;
const LOCK_MODULE = pathToFileURL(inProject('scripts', 'lib', 'lock.mjs')).href;

/** Fills the cache entry `tool` slowly and notes each filling in `log`. */
const FILL = `
import fs from 'node:fs';
import { cached } from '${CACHE_MODULE}';
await cached('tool', async (folder) => {
  fs.appendFileSync(process.env.LOG, 'filled\\n');
  fs.writeFileSync(folder + '/a', 'half');
  await new Promise((resolve) => setTimeout(resolve, 400));
  fs.writeFileSync(folder + '/a', 'whole');
});
`;

describe('tool cache', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  const log = (): string => path.join(folder, 'log');

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ensemble-cache-'));
    env = { ...process.env, ENSEMBLE_CACHE: path.join(folder, 'cache'), LOG: log() };
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const run = (code: string): ChildProcess =>
    spawn(process.execPath, ['--input-type=module', '--eval', code], { env, stdio: ['ignore', 'pipe', 'inherit'] });

  it('lies where ENSEMBLE_CACHE, else XDG_CACHE_HOME, else the home folder says', () => {
    assert.equal(cacheRoot({ ENSEMBLE_CACHE: '/a', XDG_CACHE_HOME: '/b' }), path.resolve('/a'));
    assert.equal(cacheRoot({ XDG_CACHE_HOME: '/b' }), path.join('/b', 'ensemble'));
    assert.equal(cacheRoot({}), path.join(os.homedir(), '.cache', 'ensemble'));
  });

  it('is filled once when two processes ask at the same time', async () => {
    const children = [run(FILL), run(FILL), run(FILL)];
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
    assert.deepEqual(codes, [0, 0, 0]);
    assert.equal(fs.readFileSync(log(), 'utf8'), 'filled\n');
    assert.equal(fs.readFileSync(path.join(folder, 'cache', 'tool', 'a'), 'utf8'), 'whole');
    assert.deepEqual(fs.readdirSync(path.join(folder, 'cache')), ['tool']);
  });

  it('is filled again after a process was killed half-way, and the half is removed', async () => {
    const victim = run(FILL);
    while (!fs.existsSync(log())) await new Promise((resolve) => setTimeout(resolve, 10));
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    assert.ok(!fs.existsSync(path.join(folder, 'cache', 'tool')));
    const tool = await cached('tool', (work: string) => fs.writeFileSync(path.join(work, 'a'), 'second'), { env });
    assert.equal(fs.readFileSync(path.join(tool, 'a'), 'utf8'), 'second');
    assert.deepEqual(fs.readdirSync(path.join(folder, 'cache')), ['tool']);
  });

  it('keeps nothing of a filling that failed', async () => {
    const broken = cached('tool', () => Promise.reject(new Error('no network')), { env });
    await assert.rejects(broken, /no network/);
    assert.deepEqual(fs.readdirSync(path.join(folder, 'cache')), []);
  });

  it('tells how to go on when a living process never lets go', async () => {
    const file = path.join(folder, 'lock');
    const holder = run(
      `import { withLock } from '${LOCK_MODULE}';
       await withLock(${JSON.stringify(file)}, () => new Promise(() => { console.log('held'); setInterval(() => {}, 1000); }));`,
    );
    assert.ok(holder.stdout);
    await once(holder.stdout, 'data');
    try {
      await assert.rejects(
        withLock(file, () => 1, { waitMs: 300 }),
        new RegExp(`Process ${holder.pid} has held .*delete that file`),
      );
    } finally {
      holder.kill('SIGKILL');
    }
    await once(holder, 'exit');
    assert.equal(await withLock(file, () => 'taken over', { waitMs: 300 }), 'taken over');
  });

  it('does not take a recycled process id for the owner', async function () {
    if (process.platform !== 'linux') this.skip();
    const file = path.join(folder, 'lock');
    // Our own id, alive, but with the start time of another process.
    fs.writeFileSync(file, JSON.stringify({ pid: process.pid, started: '1' }));
    assert.equal(await withLock(file, () => 'taken over', { waitMs: 300 }), 'taken over');
  });

  it('never lets two processes in at once', async () => {
    const file = path.join(folder, 'lock');
    const worker = `
      import fs from 'node:fs';
      import { withLock } from '${LOCK_MODULE}';
      for (let round = 0; round < 5; round++) await withLock(${JSON.stringify(file)}, async () => {
        fs.appendFileSync(process.env.LOG, 'in ');
        await new Promise((resolve) => setTimeout(resolve, 5));
        fs.appendFileSync(process.env.LOG, 'out\\n');
      });`;
    // A dead owner's lock lies there first: all of them try to take it over.
    const { pid } = spawnSync(process.execPath, ['--eval', '']);
    fs.writeFileSync(file, JSON.stringify({ pid, started: '' }));
    await Promise.all([run(worker), run(worker), run(worker)].map((child) => once(child, 'exit')));
    assert.equal(fs.readFileSync(log(), 'utf8'), 'in out\n'.repeat(15));
  });
});
