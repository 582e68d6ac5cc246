import assert from 'node:assert/strict';
import { redact } from '../../../../../src/core/policy/redaction.ts';
import { placeOfFinding } from '../../../../../src/shells/vscode/results/place-of-finding.ts';

const TEXT = ['function a() {', '  eval(x);', '}', '', '  eval(x);'].join('\n');

function place(quote: string, startLine: number, text = TEXT): string | null {
  const found = placeOfFinding({ file: 'a.js', quote, startLine }, text);
  return found && `${found.start.line}:${found.start.character}-${found.end.line}:${found.end.character}`;
}

describe('placeOfFinding', () => {
  it('is where the quote stands now, nearest to where it stood', () => {
    assert.equal(place('eval(x);', 2), '1:2-1:10');
    assert.equal(place('eval(x);', 5), '4:2-4:10');
    assert.equal(place('eval(x);', 2, `// one\n// two\n${TEXT}`), '3:2-3:10');
  });

  it('spans lines, whatever their ends', () => {
    assert.equal(place('function a() {\n  eval(x);', 1), '0:0-1:10');
    assert.equal(place('function a() {\n  eval(x);', 1, TEXT.replaceAll('\n', '\r\n')), '0:0-1:10');
  });

  it('is the lines of a secret that was redacted in the quote', () => {
    const text = `const a = 1;\n  const key = 'sk-ant-api03-${'x9Y8z7'.repeat(12)}';\n`;
    const quote = redact(text, []).text.split('\n')[1] ?? '';
    assert.match(quote, /redacted/);
    assert.equal(place(quote, 2, text), `1:2-1:${(text.split('\n')[1] ?? '').length}`);
  });

  it('is nowhere once the code is gone', () => {
    assert.equal(place('eval(z);', 2), null);
  });
});
