import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  addCounts,
  formatCounts,
  noCounts,
  problemLines,
  readCounts,
  withoutManyFlaky,
} from '../../../scripts/lib/counts.mjs';
import { inProject } from '../../../scripts/lib/project.mjs';
import { judge } from '../../../scripts/lib/verdict.mjs';

describe('test counts', () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ensemble-counts-'));
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** Runs a Mocha suite with the given text through the project's own runner. */
  function runSuite(
    text: string,
    ...args: string[]
  ): { status: number | null; counts: ReturnType<typeof noCounts> | undefined } {
    const suite = path.join(folder, 'planted.test.ts');
    const file = path.join(folder, 'counts.json');
    fs.writeFileSync(suite, text);
    const { status } = spawnSync(process.execPath, [inProject('scripts', 'run-mocha.mjs'), 'unit', suite, ...args], {
      env: { ...process.env, ENSEMBLE_COUNTS: file },
      stdio: 'ignore',
    });
    return { status, counts: readCounts(file) };
  }

  it('are reported by a suite', () => {
    const { status, counts } = runSuite(`describe('s', () => {
      it('a', () => {}); it('b', () => {}); it.skip('c', () => {}); it('d', () => { throw new Error('no'); });
    });`);
    assert.deepEqual(counts, { passed: 2, failed: 1, skipped: 1, failures: ['s d: no'], flaky: [] });
    assert.equal(status, 1);
  });

  it('name a test that passed at its second try only, where one is wanted', () => {
    const text = `let tries = 0; describe('s', () => {
      it('a', () => { if (++tries === 1) throw new Error('once'); }); it('b', () => { throw new Error('always'); });
    });`;
    const twice = runSuite(text, '--second-try');
    const named = { skipped: 0, failures: ['s b: always'], flaky: ['s a: once'] };
    assert.deepEqual(twice.counts, { passed: 1, failed: 1, ...named });
    assert.deepEqual(problemLines(twice.counts), ['FLAKY s a: once', 'FAIL s b: always']);
    assert.equal(runSuite(text).counts?.failed, 2);
  });

  it('have failures in place of flaky tests where these are many', () => {
    const flaky = (...names: string[]) => withoutManyFlaky({ ...noCounts(), passed: 5, flaky: names });
    assert.deepEqual(flaky('a', 'b', 'c'), { ...noCounts(), passed: 5, flaky: ['a', 'b', 'c'] });
    const names = ['a', 'b', 'c', 'd'];
    assert.deepEqual(flaky(...names), { ...noCounts(), passed: 1, failed: 4, failures: names });
  });

  it('of a suite that holds no test are a failure', () => {
    assert.equal(runSuite(`describe('empty', () => {});`).status, 1);
  });

  it('of a suite that cannot be loaded are absent, which is a failure', () => {
    const { status, counts } = runSuite(`throw new Error('broken');`);
    assert.notEqual(status, 0);
    assert.equal(counts, undefined);
  });

  it('are added and written as the last line wants them', () => {
    const sum = addCounts({ ...noCounts(), passed: 3 }, { ...noCounts(), passed: 1, failed: 2, failures: ['x', 'y'] });
    assert.equal(formatCounts(sum), '4 passed, 2 failed');
    assert.deepEqual(sum.failures, ['x', 'y']);
    assert.equal(formatCounts({ ...sum, skipped: 7 }), '4 passed, 2 failed, 7 skipped');
  });
});

describe('verdict over a suite', () => {
  const suite = { name: 'unit' };
  const passed = { passed: 2, failed: 0, skipped: 0, failures: [], flaky: [] };

  it('takes a good report as it is', () => {
    assert.deepEqual(judge(suite, 0, passed), passed);
  });

  it('takes failed tests as they are', () => {
    const failed = { passed: 2, failed: 1, skipped: 0, failures: ['a'], flaky: [] };
    assert.deepEqual(judge(suite, 1, failed), failed);
  });

  it('adds a failure when the suite wrote no report', () => {
    assert.deepEqual(judge(suite, 1, undefined).failures, ['unit ran no test (exit code 1)']);
    assert.equal(judge(suite, 0, undefined).failed, 1);
  });

  it('adds a failure when the suite ran nothing', () => {
    assert.equal(judge(suite, 0, { ...noCounts(), skipped: 4 }).failed, 1);
  });

  it('adds a failure when all tests passed but the process did not end well', () => {
    const verdict = judge(suite, 134, passed);
    assert.deepEqual([verdict.passed, verdict.failures], [2, ['unit ended with 134']]);
  });

  it('counts a build as one test', () => {
    const build = { name: 'build', countsAsOne: true };
    assert.equal(judge(build, 0, undefined).passed, 1);
    assert.equal(judge(build, 1, undefined).failed, 1);
  });
});
