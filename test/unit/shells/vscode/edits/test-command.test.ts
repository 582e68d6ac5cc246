import assert from 'node:assert/strict';
import { commandInFolder, testEnvironment } from '../../../../../src/shells/vscode/edits/test-command.ts';

describe('the command of generated tests', () => {
  it('is passed on as it is in a window with one folder', () => {
    const command = ['node', '--test', "src/it's $(here).test.ts"];
    assert.deepEqual(commandInFolder(command, '', 'linux'), command);
  });

  it('names paths as the folder does where there are several', () => {
    const command = ['go', 'test', 'api/a_test.go', 'apis/b', './api/pkg', './api'];
    assert.deepEqual(commandInFolder(command, 'api', 'linux'), ['go', 'test', 'a_test.go', 'apis/b', './pkg', '.']);
  });

  it('starts batch files on Windows by the program that can, and only with words that it leaves alone', () => {
    assert.deepEqual(commandInFolder(['npx', 'vitest', 'a b.ts'], '', 'win32'), [
      'cmd.exe',
      '/d',
      '/c',
      'npx.cmd',
      'vitest',
      'a b.ts',
    ]);
    assert.deepEqual(commandInFolder(['node', '--test', 'a.ts'], '', 'win32'), ['node', '--test', 'a.ts']);
    for (const name of ['a&calc.ts', '%PATH%.ts', 'a"b.ts', 'a|b.ts', '^.ts']) {
      assert.equal(commandInFolder(['npx', 'vitest', name], '', 'win32'), null, name);
    }
  });

  it('is none where there is no program', () => {
    assert.equal(commandInFolder([], '', 'linux'), null);
    assert.equal(commandInFolder([''], '', 'linux'), null);
  });
});

describe('the environment of generated tests', () => {
  it('has no keys and no switches of the editor', () => {
    const env = testEnvironment({
      PATH: '/bin',
      HOME: '/home/me',
      OPENAI_API_KEY: 'canary',
      GROK_API_KEY_2: 'canary',
      GITHUB_TOKEN: 'canary',
      DB_PASSWORD: 'canary',
      VSCODE_IPC_HOOK: 'x',
      ELECTRON_RUN_AS_NODE: '1',
      NODE_OPTIONS: '--inspect',
      KEYBOARD: 'de',
    });
    assert.deepEqual(env, { PATH: '/bin', HOME: '/home/me', KEYBOARD: 'de', FORCE_COLOR: '1' });
  });
});
