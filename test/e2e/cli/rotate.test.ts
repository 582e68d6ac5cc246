import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startOpenAiServer } from '../../support/scripted-openai-server.ts';
import type { ScriptedServer } from '../../support/scripted-server.ts';
import { openAiAccount, PRICES, wellBehaved } from './model-answers.ts';
import { BAD_CODE, Sandbox } from './sandbox.ts';

/** `secret-tool` as far as we use it, on a folder: store (key on standard input), lookup, clear. */
const SECRET_TOOL = `#!/bin/sh
command=$1
for name in "$@"; do :; done
entry="$HOME/keyring/$name"
case "$command" in
  store) mkdir -p "$HOME/keyring"; cat > "$entry" ;;
  lookup) [ -f "$entry" ] && cat "$entry" || exit 1 ;;
  clear) rm -f "$entry" ;;
esac
`;
const OLD = 'sk-old-0123456789abcdef';
const NEW = 'sk-new-0123456789abcdef';

describe('cli: accounts rotate', () => {
  let sandbox: Sandbox;
  let server: ScriptedServer;
  let env: Record<string, string>;

  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  beforeEach(async () => {
    sandbox = new Sandbox();
    sandbox.write({ 'src/bad.js': BAD_CODE });
    sandbox.write({ 'bin/secret-tool': SECRET_TOOL, 'keyring/one': OLD }, sandbox.home);
    chmodSync(path.join(sandbox.home, 'bin', 'secret-tool'), 0o755);
    env = { PATH: `${path.join(sandbox.home, 'bin')}${path.delimiter}${process.env.PATH ?? ''}` };
    server = await startOpenAiServer(wellBehaved());
    sandbox.configure({ accounts: [{ ...openAiAccount('one', server.origin, ''), apiKeyEnv: null }], prices: PRICES });
  });
  afterEach(async () => {
    sandbox.remove();
    await server.close();
    assert.deepEqual(server.unscripted, []);
  });

  const keyring = () => readFileSync(path.join(sandbox.home, 'keyring', 'one'), 'utf8');
  const review = () => sandbox.json(['review', 'src'], { env });

  it('replaces a key by one that works; the next run uses it', async () => {
    assert.equal((await review()).code, 0);
    const { code, document } = await sandbox.json(['accounts', 'rotate', 'one'], { env, input: `${NEW}\n` });
    assert.equal(code, 0);
    assert.deepEqual([document.item.ok, document.item.replaced], [true, true]);
    assert.equal(keyring(), NEW);
    const before = server.requests.length;
    assert.equal((await review()).code, 0);
    assert.deepEqual(new Set(server.requests.slice(0, before).map(({ key }) => key)), new Set([OLD]));
    assert.deepEqual(new Set(server.requests.slice(before).map(({ key }) => key)), new Set([NEW]));
  });

  it('keeps the old key where the new one is refused, and shows neither', async () => {
    server.refusedKeys.add(NEW);
    const { code, stdout, stderr } = await sandbox.run(['accounts', 'rotate', 'one'], { env, input: `${NEW}\n` });
    assert.equal(code, 1);
    assert.match(stdout, /keeps its old one/);
    assert.doesNotMatch(stdout + stderr, /sk-(old|new)/);
    assert.equal(keyring(), OLD);
  });

  it('leaves a running call on the key that it began with', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const answer = wellBehaved();
    server.script = async (request, count) => {
      const reply = await answer(request);
      return reply.type === 'answer' && count === 1 ? { ...reply, gate } : reply;
    };
    const running = sandbox.start(['run', 'Say it', '--json'], { env });
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal((await sandbox.run(['accounts', 'rotate', 'one'], { env, input: `${NEW}\n` })).code, 0);
    release();
    const { code } = await running.end;
    assert.equal(code, 0);
    assert.equal(server.requests[0]?.key, OLD);
    assert.equal(keyring(), NEW);
  });

  it('puts no key into any file of ours', async () => {
    await sandbox.run(['accounts', 'rotate', 'one'], { env, input: `${NEW}\n` });
    await review();
    const folder = path.join(sandbox.home, '.ensemble');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.some(({ name }) => name === 'ensemble.db'));
    for (const { parentPath, name } of files) {
      const bytes = readFileSync(path.join(parentPath, name));
      assert.ok(!bytes.includes(OLD) && !bytes.includes(NEW), name);
    }
  });
});
