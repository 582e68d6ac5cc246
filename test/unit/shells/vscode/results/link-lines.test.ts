import assert from 'node:assert/strict';
import { linkLines, linksIn } from '../../../../../src/shells/vscode/results/link-lines.ts';

const linkTo = (file: string, line: number) => (file === 'nowhere.ts' ? null : `file:///w/${encodeURI(file)}#L${line}`);
const FILES = ['a.ts', 'src/a.ts', 'with space.ts', 'nowhere.ts', 'x+y(1).ts'];
const link = (markdown: string) => linkLines(markdown, FILES, linkTo);

describe('linkLines', () => {
  it('links lines and ranges, inside backticks too, with the addresses at the end', () => {
    assert.equal(link('see a.ts:12.'), 'see [a.ts:12][1].\n\n[1]: file:///w/a.ts#L12');
    assert.equal(link('`src/a.ts:3-7`'), '[`src/a.ts:3-7`][1]\n\n[1]: file:///w/src/a.ts#L3');
    assert.equal(link('**with space.ts:1**'), '**[with space.ts:1][1]**\n\n[1]: file:///w/with%20space.ts#L1');
    assert.equal(link('(x+y(1).ts:5)'), '([x+y(1).ts:5][1])\n\n[1]: file:///w/x+y(1).ts#L5');
  });

  it('numbers each address once', () => {
    assert.equal(
      link('a.ts:1 a.ts:2\na.ts:1-9'),
      '[a.ts:1][1] [a.ts:2][2]\n[a.ts:1-9][1]\n\n[1]: file:///w/a.ts#L1\n[2]: file:///w/a.ts#L2',
    );
  });

  it('takes the longest file that fits, never the tail of another path', () => {
    assert.ok(link('src/a.ts:1').startsWith('[src/a.ts:1][1]'));
    assert.equal(link('other/a.ts:1 and b-a.ts:1 and ba.ts:1'), 'other/a.ts:1 and b-a.ts:1 and ba.ts:1');
  });

  it('leaves files alone that lie nowhere or are not known, and numbers that are part of a word', () => {
    for (const text of ['nowhere.ts:3', 'unknown.ts:3', 'a.ts:3x', 'a.ts']) assert.equal(link(text), text);
  });

  it('leaves code blocks and existing links alone', () => {
    const text = ['```ts', 'a.ts:1', '```', '~~~~', '```', 'a.ts:1', '~~~~', '[a.ts:1](other)'].join('\n');
    assert.equal(link(text), text);
    assert.ok(link('```\nx\n```\na.ts:1').startsWith('```\nx\n```\n[a.ts:1][1]'));
  });

  it('changes nothing without findings', () => {
    assert.equal(linkLines('a.ts:1', [], linkTo), 'a.ts:1');
  });
});

describe('linksIn', () => {
  it('finds the labels of what linkLines made', () => {
    const text = link('first `src/a.ts:3`, then a.ts:12');
    assert.deepEqual(
      linksIn(text).map(({ start, end, uri, line }) => [text.slice(start, end), uri, line]),
      [
        ['`src/a.ts:3`', 'file:///w/src/a.ts', 3],
        ['a.ts:12', 'file:///w/a.ts', 12],
      ],
    );
  });

  it('finds nothing where an address is missing or is none of a line', () => {
    assert.deepEqual(linksIn('[x][7] and [y](z) and a[1][2]\n[1]: command:quit\n[2]: https://x.example/'), []);
  });
});
