/** What cannot be reviewed: each time one clear sentence, no stack trace, no result, and the next review works. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { openResult, SAMPLE } from '../lib/product.mjs';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The workbench shows at most three new messages in 800 ms; a person is slower than this script. */
const SPAM_INTERVAL_MS = 1000;

export const options = {
  files: { 'run.ts': SAMPLE, 'empty.ts': '\n \n', '.env': 'API_TOKEN=canary-in-env\n', 'strange.xyz': 'eval(x)\n' },
  timeoutMs: 300_000,
};

export default async (h) => {
  const write = (name, content) => fs.writeFileSync(path.join(h.workspace, name), content);
  const open = (name) =>
    h.evaluate(
      (vscode, file) => vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file)),
      path.join(h.workspace, name),
    );
  /** The extension host hears of another tab a moment after the window shows it. */
  const inFront = (name) =>
    h.until(`${name} in front`, () =>
      h.evaluate((vscode, label) => vscode.window.tabGroups.activeTabGroup.activeTab?.label === label, name),
    );
  /** Runs the command and expects a message with this text, and no result. */
  const says = async (command, text) => {
    await h.command(`Ensemble: ${command}`);
    await shows(text);
  };
  const shows = async (text) => {
    const toast = h.notification(text);
    await toast.waitFor();
    const shown = await toast.innerText();
    h.log(shown.split('\n').at(-1));
    assert.doesNotMatch(shown, /\n\s+at |\.js:\d+|undefined|\[object/);
    await h.evaluate((vscode) => vscode.commands.executeCommand('notifications.clearAll'));
    await toast.waitFor({ state: 'detached' });
    await h.sleep(SPAM_INTERVAL_MS);
    assert.equal(await openResult(h), null);
  };

  await h.step('nothing is open', async () => {
    await says('Review Selection with Agents', 'No code is open');
    await says('Review File', 'No code is open');
    await says('Open Result', 'There is no result yet');
    await says('Resume Run...', 'no stopped run');
    await says('Cancel Run', 'No run is going on');
  });

  await h.step('nothing is selected', async () => {
    await h.openFile('run.ts');
    await says('Review Selection with Agents', 'Select the code to review first');
  });

  await h.step('an empty file', async () => {
    await h.openFile('empty.ts');
    await says('Review File', 'no text to review');
  });

  await h.step('a file with secrets', async () => {
    await h.openFile('.env');
    await says('Review File', 'secrets');
  });

  await h.step('a picture and a binary file', async () => {
    write('pixel.png', Buffer.from(PIXEL, 'base64'));
    await open('pixel.png');
    await inFront('pixel.png');
    // The keyboard belongs to the picture's own frame.
    await h.evaluate((vscode) => vscode.commands.executeCommand('ensemble.reviewFile'));
    await shows('left to review: pixel.png');
    write('data.bin', Buffer.from([0, 1, 2, 3, 0, 255, 254]));
    await open('data.bin');
    await inFront('data.bin');
    await h.evaluate((vscode) => vscode.commands.executeCommand('ensemble.reviewFile'));
    await shows('left to review: data.bin');
  });

  await h.step('a file of 5 MB', async () => {
    write('large.ts', `const a = 1; // ${'x'.repeat(80)}\n`.repeat(52_000));
    await h.openFile('large.ts');
    await says('Review File', 'large.ts is too large for one review: 4.');
  });

  await h.step('a language that the built-in rules do not know', async () => {
    await h.openFile('strange.xyz');
    await h.command('Ensemble: Review File');
    // The result of the step before may still be the one in front.
    await h.until('the result', async () => /built-in rules do not know/.test((await openResult(h)) ?? ''));
    await h.notification('Nothing was reviewed').waitFor();
  });

  await h.step('afterwards a review works as ever', async () => {
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    await h.until(
      'the result',
      async () => (await h.page.locator('.tab', { hasText: 'Review of run.ts' }).count()) > 0,
    );
  });
};
