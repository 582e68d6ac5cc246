import assert from 'node:assert/strict';
import fc from 'fast-check';
import { promptFileNames } from '../../../../src/core/prompts/prompt-file-names.ts';

const fileOf = (name: string) => promptFileNames([name]).get(name) ?? assert.fail();

describe('names of prompt files', () => {
  it('are names that every system accepts', () => {
    for (const [name, file] of [
      ['letter', 'letter.prompt.md'],
      ['a/b\\c:d', 'a-b-c-d.prompt.md'],
      ['Größe 😀', 'Größe 😀.prompt.md'],
      ['..', '-.prompt.md'],
      ['.hidden', '-hidden.prompt.md'],
      ['CON', '-CON.prompt.md'],
      ['nul.txt', '-nul.txt.prompt.md'],
      ['com1', '-com1.prompt.md'],
      ['console', 'console.prompt.md'],
      ['what?*"<>|', 'what------.prompt.md'],
      ['trailing. ', 'trailing.prompt.md'],
      ['', '-.prompt.md'],
    ] as const)
      assert.equal(fileOf(name), file);
  });

  it('are short enough, and never end within a character', () => {
    const file = fileOf('😀'.repeat(10_000));
    assert.ok(Buffer.byteLength(file) <= 255);
    assert.match(file, /^(?:😀)+\.prompt\.md$/u);
  });

  it('are different where letter case does not count', () => {
    const files = [...promptFileNames(['a', 'A', 'a/b', 'a-b', 'A-2']).values()];
    assert.equal(new Set(files.map((file) => file.toLowerCase())).size, 5, files.join());
  });

  it('hold nothing that a system would read as a path, whatever the names', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 20 }), (names) => {
        const files = [...promptFileNames(names).values()];
        assert.equal(files.length, names.length);
        assert.equal(new Set(files.map((file) => file.toLowerCase())).size, names.length);
        for (const file of files) {
          assert.doesNotMatch(file, /[\\/:*?"<>|\p{Cc}]/u);
          assert.ok(Buffer.byteLength(file) <= 255);
          assert.doesNotMatch(file, /\p{Surrogate}/u);
        }
      }),
    );
  });
});
