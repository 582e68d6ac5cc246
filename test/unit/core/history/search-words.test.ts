import assert from 'node:assert/strict';
import fc from 'fast-check';
import { matchesPhrases, phrasesOf, snippetOf, wordsOf } from '../../../../src/core/history/search-words.ts';

describe('search words', () => {
  it('compare without case and accents', () => {
    assert.deepEqual(wordsOf('Größe, naïve e\u0301t\u0065\u0301! x_2'), ['große', 'naive', 'ete', 'x', '2']);
  });

  it('match all phrases, the last word of each as a beginning', () => {
    const matches = (search: string) => matchesPhrases(phrasesOf(search), ['See README.md first', 'then review']);
    for (const search of ['readme.md', 'rev', 'REA', 'first then', '']) assert.equal(matches(search), true, search);
    for (const search of ['md.readme', 'eview', 'first missing', '"', '*'])
      assert.equal(matches(search), false, search);
  });

  it('show the first hit with what stands around it, on one line', () => {
    const text = `${'before '.repeat(30)}the prepared\n\nstatement${' after'.repeat(60)}`;
    const snippet = snippetOf(phrasesOf('PREP'), ['nothing here', text]);
    assert.match(snippet?.text ?? '', /^…[^\n]*the prepared statement after[^\n]*…$/);
    assert.deepEqual(
      snippet?.hits.map(({ start, end }) => snippet.text.slice(start, end)),
      ['prepared'],
    );
    assert.equal(snippetOf(phrasesOf('zebra'), [text]), null);
    assert.equal(snippetOf([], [text]), null);
  });

  it('find a snippet wherever something matches', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('alpha', 'Beta', 'gämma', 'x1', '-', '\n'), { minLength: 1 }), (words) => {
        const text = words.join(' ');
        for (const phrase of phrasesOf(text).filter((one) => one.length > 0)) {
          assert.ok(snippetOf([phrase], [text]));
          assert.ok(matchesPhrases([phrase], [text]));
        }
      }),
    );
  });
});
