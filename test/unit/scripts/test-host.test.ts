import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../../scripts/lib/temporary.mjs';
import { findChromium } from '../../host/code-server/chromium.mjs';
import { hostEnvironment } from '../../host/code-server/server.mjs';
import { until, withTimeout } from '../../host/code-server/wait.mjs';
import { createWorkspace } from '../../host/lib/workspaces.mjs';

describe('test host', () => {
  it('takes the browser that CHROME_PATH names, else the first on PATH', function () {
    if (process.platform === 'win32') this.skip();
    const { folder, remove } = temporaryFolder('ensemble-chromium-');
    try {
      const browser = path.join(folder, 'chromium');
      assert.equal(findChromium({ PATH: folder }), undefined);
      fs.writeFileSync(browser, '', { mode: 0o644 });
      assert.equal(findChromium({ PATH: folder }), undefined, 'not executable');
      fs.chmodSync(browser, 0o755);
      assert.equal(findChromium({ PATH: `/nowhere:${folder}` }), browser);
      assert.equal(findChromium({ PATH: '', CHROME_PATH: browser }), browser);
      assert.throws(() => findChromium({ CHROME_PATH: path.join(folder, 'gone') }), /CHROME_PATH names .*gone/);
    } finally {
      remove();
    }
  });

  it('keeps the caller’s keys and editor out of the extension host', () => {
    const name = 'GROK_API_KEY_7';
    process.env[name] = 'canary';
    process.env.VSCODE_CANARY = 'x';
    try {
      const env = hostEnvironment({ home: '/elsewhere' }, { EXTRA: '1' });
      assert.equal(env[name], undefined);
      assert.equal(env.VSCODE_CANARY, undefined);
      assert.deepEqual([env.HOME, env.EXTRA], ['/elsewhere', '1']);
    } finally {
      delete process.env[name];
      delete process.env.VSCODE_CANARY;
    }
  });

  it('opens a copy of a workspace, as a repository when asked', () => {
    const { folder, remove } = createWorkspace({ workspace: 'scripts', files: { 'new/a.ts': 'a\n' }, git: true });
    try {
      assert.equal(path.basename(folder), 'scripts');
      assert.ok(fs.existsSync(path.join(folder, 'test.mjs')));
      assert.equal(fs.readFileSync(path.join(folder, 'new', 'a.ts'), 'utf8'), 'a\n');
      assert.equal(execFileSync('git', ['status', '--short'], { cwd: folder, encoding: 'utf8' }), '');
    } finally {
      remove();
    }
    assert.equal(fs.existsSync(folder), false);
    assert.throws(() => createWorkspace({ workspace: 'no/such' }), /no\/such does not exist/);
  });

  it('says what it waited for, with the last error', async () => {
    const probe = (): never => {
      throw new Error('still closed');
    };
    await assert.rejects(until('the door', probe, 10), /Waited 0\.01 s for the door: still closed/);
    await assert.rejects(withTimeout('The suites', 10, new Promise(() => {})), /The suites took longer than 0\.01 s/);
  });
});
