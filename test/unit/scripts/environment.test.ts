import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withoutAccounts } from '../../../scripts/lib/clean-environment.mjs';
import { isInstalled } from '../../../scripts/lib/dependencies.mjs';
import { cachedNode, isSuitableNode } from '../../../scripts/lib/node-runtime.mjs';

describe('Node for the tools', () => {
  it('is the running one from 22.13 on', () => {
    const versions = ['20.19.0', '22.12.9', '22.13.0', '22.20.1', '24.0.0', '26.1.0'];
    assert.deepEqual(
      versions.map((version) => isSuitableNode(version)),
      [false, false, true, true, true, true],
    );
  });

  it('cannot be fetched for every machine, and then it says what to do', async () => {
    await assert.rejects(cachedNode('plan9-mips'), /no download for plan9-mips\. Install a newer Node/);
  });
});

describe('environment without accounts', () => {
  it('leaves out keys, servers and our own settings, and moves the home folder', () => {
    const env = withoutAccounts('/elsewhere', {
      PATH: '/bin',
      LANG: 'C',
      GROK_API_KEY: 'k',
      GROK_API_KEY_2: 'k',
      XAI_API_KEY: 'k',
      OPENAI_API_KEY: 'k',
      OPENAI_BASE_URL: 'u',
      ANTHROPIC_API_KEY: 'k',
      GEMINI_API_KEY_9: 'k',
      OPENROUTER_API_KEY: 'k',
      GROQ_BASE_URL: 'u',
      OLLAMA_HOST: 'h',
      ENSEMBLE_CACHE: 'c',
      HOME: '/home/me',
    });
    assert.deepEqual(Object.keys(env).sort(), ['HOME', 'LANG', 'PATH', 'USERPROFILE', 'XDG_CONFIG_HOME']);
    assert.equal(env.HOME, '/elsewhere');
  });
});

describe('installed dependencies', () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ensemble-installed-'));
    fs.mkdirSync(path.join(folder, 'node_modules'));
    lock('package-lock.json', {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true },
    });
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function lock(name: string, packages: object): void {
    fs.writeFileSync(path.join(folder, name), JSON.stringify({ packages }));
  }

  const installed = (packages: object): boolean => {
    lock('node_modules/.package-lock.json', packages);
    return isInstalled(folder);
  };

  it('are missing when npm never ran here', () => {
    assert.equal(isInstalled(folder), false);
  });

  it('are complete when every version is the locked one; another platform’s package may be absent', () => {
    assert.equal(installed({ 'node_modules/a': { version: '1.0.0' } }), true);
    assert.equal(installed({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } }), true);
  });

  it('are stale when a version differs or a package is absent', () => {
    assert.equal(installed({ 'node_modules/a': { version: '1.0.1' } }), false);
    assert.equal(installed({ 'node_modules/b': { version: '2.0.0' } }), false);
    assert.equal(installed({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.1' } }), false);
  });
});
