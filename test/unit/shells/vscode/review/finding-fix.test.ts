import assert from 'node:assert/strict';
import { sha256Hex } from '../../../../../src/core/hash.ts';
import { fixFor } from '../../../../../src/shells/vscode/review/finding-fix.ts';
import { finding } from './sample-findings.ts';

const TEXT = 'one();\n  bad();\nlast();\n';
const change = { startLine: 2, endLine: 2, newText: '  good();' };
const fixable = finding({ startLine: 2, endLine: 2, edit: { baseHash: sha256Hex(TEXT), changes: [change] } });

describe('fixFor', () => {
  it('is the proposal where the text is the one that was reviewed', () => {
    assert.deepEqual(fixFor(fixable, TEXT), [change]);
    assert.equal(fixFor(finding(), TEXT), null);
  });

  it('follows the quoted lines where the rest of the text has changed', () => {
    const moved = [{ ...change, startLine: 4, endLine: 4 }];
    assert.deepEqual(fixFor(fixable, `// new\n// lines\n${TEXT}`), moved);
    assert.deepEqual(fixFor(fixable, `// new\r\n// lines\r\n${TEXT.replaceAll('\n', '\r\n')}`), moved);
  });

  it('is none where the lines themselves have changed, or only look alike', () => {
    assert.equal(fixFor(fixable, TEXT.replace('bad', 'worse')), null);
    assert.equal(fixFor(fixable, TEXT.replace('bad();', 'bad(); // todo')), null);
    assert.equal(fixFor(fixable, TEXT.replace('bad();', 'bad( );')), null);
  });

  it('is none for a proposal about other lines than the quoted ones in a changed text', () => {
    const wide = { ...fixable, edit: { baseHash: 'x', changes: [{ ...change, startLine: 1 }] } };
    assert.equal(fixFor(wide, TEXT), null);
    const two = { ...fixable, edit: { baseHash: 'x', changes: [change, { ...change, startLine: 3, endLine: 3 }] } };
    assert.equal(fixFor(two, TEXT), null);
  });
});
