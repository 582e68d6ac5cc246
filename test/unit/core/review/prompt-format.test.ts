import assert from 'node:assert/strict';
import fc from 'fast-check';
import { packChunks } from '../../../../src/core/review/chunks.ts';
import type { SourceFile } from '../../../../src/core/review/gathered.ts';
import { LENSES } from '../../../../src/core/review/lenses.ts';
import { parseReviewPrompt, renderReviewPrompt } from '../../../../src/core/review/prompt-format.ts';

const lens = LENSES[1]!;
const file = (path: string, text: string, startLine = 1): SourceFile => ({
  path,
  languageId: 'typescript',
  text,
  startLine,
  baseHash: null,
});
const roundTrip = (files: readonly SourceFile[], size = 96_000) =>
  packChunks(files, size).map((pieces) => parseReviewPrompt(renderReviewPrompt(lens, pieces, 1)));

const lines = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('```', '````````', '## File "x" (ts), lines 1-2', '1| a', '', '  '),
    ),
  )
  .map((all) => all.map((line) => line.replace(/[\r\n]/g, '')).join('\n'));
const files = fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 20 }), lines, fc.integer({ min: 1, max: 900 })), {
  minLength: 1,
  maxLength: 5,
});

describe('the prompt of a review', () => {
  it('reads back what was written, whatever paths and texts hold', () => {
    fc.assert(
      fc.property(files, (all) => {
        const sources = all.map(([path, text, startLine]) => file(path, text.replace(/\n+$/, ''), startLine));
        const [prompt] = roundTrip(sources);
        assert.equal(prompt?.lens, 'security');
        assert.deepEqual(
          prompt.files,
          sources.map(({ path, text, startLine }) => ({ path, languageId: 'typescript', text, startLine })),
        );
      }),
    );
  });

  it('is understood only where it is one', () => {
    assert.equal(parseReviewPrompt('Review my code, please.'), null);
    const whole = renderReviewPrompt(lens, packChunks([file('a.ts', 'a();')], 1_000)[0]!, 1);
    assert.equal(parseReviewPrompt(whole.replace(/`+$/, '')), null);
  });

  it('begins with what all chunks share and differs by lens and pass', () => {
    const [one, two] = ['a();', 'b();'].map((text) =>
      renderReviewPrompt(lens, packChunks([file('a.ts', text)], 1_000)[0]!, 1),
    );
    const shared = one!.indexOf('# Files');
    assert.ok(shared > 200);
    assert.equal(one!.slice(0, shared), two!.slice(0, shared));
    const second = renderReviewPrompt(lens, packChunks([file('a.ts', 'a();')], 1_000)[0]!, 2);
    assert.ok(second.includes(lens.secondLook));
    assert.equal(parseReviewPrompt(second)?.lens, 'security');
  });

  it('shows true line numbers and says where a file goes on', () => {
    const text = Array.from({ length: 40 }, (_, index) => `line(${index + 1});`).join('\n');
    const prompts = packChunks([file('a.ts', text, 100)], 300).map((pieces) => renderReviewPrompt(lens, pieces, 1));
    assert.ok(prompts.length > 1);
    assert.match(prompts[0]!, /lines 100-\d+ of 100-139/);
    assert.match(prompts.at(-1)!, /139\| line\(40\);/);
  });
});

describe('packChunks', () => {
  it('leaves out no line and splits at line breaks only', () => {
    fc.assert(
      fc.property(files, fc.integer({ min: 20, max: 400 }), (all, size) => {
        const sources = all.map(([path, text, startLine], index) =>
          file(`${index}${path}`, text.replace(/\n+$/, ''), startLine),
        );
        const pieces = packChunks(sources, size).flat();
        for (const { path, text, startLine } of sources) {
          const own = pieces.filter((piece) => piece.path === path);
          assert.equal(own.map((piece) => piece.text).join('\n'), text);
          let next = startLine;
          for (const piece of own) {
            assert.equal(piece.startLine, next);
            assert.equal(piece.endLine - piece.startLine, piece.text.split('\n').length - 1);
            next = piece.endLine + 1;
          }
        }
      }),
    );
  });

  it('fills chunks up to their size', () => {
    const small = Array.from({ length: 10 }, (_, index) => file(`${index}.ts`, 'x'.repeat(94)));
    assert.deepEqual(
      packChunks(small, 300).map((chunk) => chunk.length),
      [3, 3, 3, 1],
    );
  });

  it('leaves out the pieces in which nothing has changed, and names the changed lines of the others', () => {
    const text = Array.from({ length: 300 }, (_, line) => `line(${line + 1});`).join('\n');
    const changed = [
      { first: 150, last: 152 },
      { first: 160, last: 160 },
    ];
    const pieces = packChunks([{ ...file('a.ts', text), changed }], 1_000).flat();
    assert.equal(pieces.length, 1);
    const prompt = renderReviewPrompt(lens, pieces, 1);
    assert.match(prompt, /^## File "a\.ts" .*reviewed separately where they have changed\); changed: 150-152, 160$/m);
    assert.match(prompt, /This is a review of a change\./);
    assert.deepEqual(parseReviewPrompt(prompt)?.files[0]?.startLine, pieces[0]?.startLine);
    assert.doesNotMatch(renderReviewPrompt(lens, packChunks([file('a.ts', text)], 9_000).flat(), 1), /of a change\./);
  });

  it('splits at blank lines where there are some near', () => {
    const block = ['function a() {', '  b();', '}', '', ''].join('\n');
    const pieces = packChunks([file('a.ts', block.repeat(30))], 500).flat();
    assert.ok(pieces.length > 2);
    assert.ok(pieces.every(({ text }) => text.startsWith('function a()')));
  });
});
