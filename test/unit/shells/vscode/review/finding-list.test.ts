import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FindingList } from '../../../../../src/shells/vscode/review/finding-list.ts';
import { finding } from './sample-findings.ts';

const A = 'file:///w/a.ts';
const B = 'file:///w/b.ts';
const text = (...lines: string[]) => `${lines.join('\n')}\n`;

/** A list with findings whose quote is `word(n);`, all in documents where these lines stand alone. */
function list(
  entries: readonly (readonly [id: string, uri: string, line: number, quote: string])[],
  texts: Readonly<Record<string, string>>,
) {
  const made = new FindingList();
  for (const [id, uri, line, quote] of entries) {
    made.add('run', uri, finding({ id, startLine: line, endLine: line, quote }), texts[uri] ?? null);
  }
  return made;
}

const lineOf = (made: FindingList, id: string) => made.find({ runId: 'run', id })?.place?.start.line;

describe('FindingList', () => {
  it('stands where the code stands, not where the review saw it', () => {
    const made = list([['x', A, 1, 'bad();']], { [A]: text('one();', 'two();', 'bad();') });
    assert.equal(lineOf(made, 'x'), 2);
    const unknown = list([['x', A, 7, 'bad();']], {});
    assert.equal(lineOf(unknown, 'x'), 6);
  });

  it('follows edits, also where the same code stands twice', () => {
    const made = list([['second', A, 2, 'bad();']], { [A]: text('bad();', 'bad();') });
    assert.equal(lineOf(made, 'second'), 1);
    made.shift(A, [{ start: 0, end: 0, newLines: 3 }]);
    assert.equal(made.settle(A, text('one', 'two', 'three', 'bad();', 'bad();')), true);
    assert.equal(lineOf(made, 'second'), 4);
    assert.equal(made.settle(A, text('one', 'two', 'three', 'bad();', 'bad();')), false);
  });

  it('is nowhere while its code is changed, and back when that is undone', () => {
    const made = list([['x', A, 2, 'bad();']], { [A]: text('one();', 'bad();') });
    assert.equal(made.settle(A, text('one();', 'good();')), true);
    assert.equal(made.find({ runId: 'run', id: 'x' })?.place, null);
    assert.equal(made.settle(A, text('one();', 'bad();')), true);
    assert.equal(lineOf(made, 'x'), 1);
  });

  it('forgets what a later review has looked at again, and only that', () => {
    const texts = { [A]: text('a1();', 'a2();', 'a3();'), [B]: text('b1();') };
    const entries = [
      ['1', A, 1, 'a1();'],
      ['2', A, 2, 'a2();'],
      ['3', A, 3, 'a3();'],
      ['4', B, 1, 'b1();'],
    ] as const;
    const made = list(entries, texts);
    made.clear({ uri: A, lines: { first: 2, last: 2 } });
    assert.deepEqual(
      made.all().map(({ id }) => id),
      ['1', '3', '4'],
    );
    made.clear({ uri: A, lines: null });
    assert.deepEqual(
      made.all().map(({ id }) => id),
      ['4'],
    );
  });

  it('holds a finding once, however often it is added', () => {
    const made = new FindingList();
    made.add('run', A, finding({ id: 'x' }), null);
    made.add('run', A, finding({ id: 'x' }), null);
    made.add('other', A, finding({ id: 'x' }), null);
    assert.equal(made.size, 2);
    made.remove({ runId: 'run', id: 'x' });
    assert.equal(made.size, 1);
  });

  it('goes on in the next document and begins again at the end, in both directions', () => {
    const texts = { [A]: text('a1();', 'a2();'), [B]: text('b1();', 'gone') };
    const made = list(
      [
        ['b', B, 1, 'b1();'],
        ['a2', A, 2, 'a2();'],
        ['a1', A, 1, 'a1();'],
        ['stale', B, 2, 'was here();'],
      ],
      texts,
    );
    const walk = (step: 1 | -1, from: { uri: string; line: number } | null) => {
      const ids: string[] = [];
      let at = from;
      for (let count = 0; count < 4; count++) {
        const next = made.neighbour(at, step);
        if (!next?.place) break;
        ids.push(next.id);
        at = { uri: next.uri, line: next.place.start.line };
      }
      return ids;
    };
    assert.deepEqual(walk(1, null), ['a1', 'a2', 'b', 'a1']);
    assert.deepEqual(walk(-1, null), ['b', 'a2', 'a1', 'b']);
    assert.equal(made.neighbour({ uri: 'file:///w/aa.ts', line: 3 }, 1)?.id, 'b');
    assert.equal(new FindingList().neighbour(null, 1), null);
  });

  it('moves with its document', () => {
    const made = list([['x', A, 1, 'bad();']], {});
    made.rename(A, B);
    assert.deepEqual(made.uris(), [B]);
  });

  it('finds unique code after any edits', () => {
    const edit = fc.record({
      at: fc.nat(9),
      removed: fc.nat(3),
      added: fc.array(fc.constantFrom('x', 'y', ''), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), (edits) => {
        let lines = Array.from({ length: 10 }, (_, index) => `line(${index});`);
        const made = list([['x', A, 6, 'line(5);']], { [A]: text(...lines) });
        for (const { at, removed, added } of edits) {
          const start = Math.min(at, lines.length - 1);
          const end = Math.min(start + removed, lines.length - 1);
          made.shift(A, [{ start, end, newLines: added.length }]);
          lines = [...lines.slice(0, start), ...added, ...lines.slice(end)];
        }
        made.settle(A, text(...lines));
        const index = lines.indexOf('line(5);');
        assert.equal(lineOf(made, 'x'), index === -1 ? undefined : index);
      }),
    );
  });
});
