import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SOLOIST } from '../../../../src/core/agents/built-in.ts';
import type { EditBase } from '../../../../src/core/edits/place-edits.ts';
import {
  applyResolutions,
  mergeEdits,
  renderUnresolved,
  resolverTask,
} from '../../../../src/core/together/conflicts.ts';

const LINES = ['const a = 1;', 'const b = 2;', 'const c = 3;', 'const d = 4;', 'const e = 5;'];
const BASE: EditBase = {
  languageId: 'typescript',
  text: `${LINES.join('\n')}\n`,
  firstLine: 1,
  allowed: { first: 1, last: 5 },
  redactedLines: [],
};
const edits = (...pairs: readonly (readonly [string, string])[]) => ({
  edits: pairs.map(([search, replace]) => ({ search, replace, line: null, why: 'better' })),
});
const resolved = (conflict: number, choose: string, text: string | null = null) => ({
  resolutions: [{ conflict, choose, text, why: 'so' }],
});

describe('edits of two agents', () => {
  it('go together where they change other lines, and once where they are the same', () => {
    const merged = mergeEdits(
      BASE,
      edits(['const a = 1;', 'const a = 10;'], ['const c = 3;', 'const c = 30;']),
      edits(['const e = 5;', 'const e = 50;'], ['const c = 3;', 'const c = 30;']),
    );
    assert.deepEqual([merged.conflicts, merged.rejected], [[], []]);
    const { text } = applyResolutions(BASE, merged, {});
    assert.equal(text, 'const a = 10;\nconst b = 2;\nconst c = 30;\nconst d = 4;\nconst e = 50;\n');
  });

  const clash = () =>
    mergeEdits(
      BASE,
      edits(['const b = 2;', 'const b = 20;']),
      edits(['const b = 2;', 'let b = 2;'], ['const e = 5;', 'let e = 5;']),
    );

  it('are a conflict on one line, also where their characters do not overlap, with all three versions', () => {
    const { conflicts, agreed } = clash();
    assert.deepEqual(
      conflicts.map(({ number, before, first, second }) => [number, before, first, second]),
      [[1, 'const b = 2;', 'const b = 20;', 'let b = 2;']],
    );
    assert.equal(agreed.length, 1);
  });

  it('are settled as the resolver says: one version, or new lines', () => {
    const outcome = (answer: ReturnType<typeof resolved>) => applyResolutions(BASE, clash(), answer);
    assert.match(outcome(resolved(1, 'first')).text, /const b = 20;[\s\S]*let e = 5;/);
    assert.match(outcome(resolved(1, 'second')).text, /\nlet b = 2;/);
    assert.match(outcome(resolved(1, 'merged', 'let b = 20;')).text, /\nlet b = 20;\nconst c/);
    assert.deepEqual(outcome(resolved(1, 'first')).unresolved, []);
  });

  it('stay as the code was, with both versions to be seen, where the answer settles nothing', () => {
    const both = { resolutions: [...resolved(1, 'first').resolutions, ...resolved(1, 'second').resolutions] };
    for (const answer of [
      {},
      'nonsense',
      resolved(7, 'first'),
      resolved(1, 'unresolved'),
      resolved(1, 'merged'),
      both,
    ]) {
      const { text, unresolved } = applyResolutions(BASE, clash(), answer);
      assert.match(text, /\nconst b = 2;\n/);
      assert.match(text, /let e = 5;/, 'what is agreed on is done all the same');
      assert.match(
        renderUnresolved(unresolved),
        /<<<<<<< first\nconst b = 20;\n\|{7} before\nconst b = 2;\n=======\nlet b = 2;\n>>>>>>> second/,
      );
    }
  });

  it('that reach over one another are one conflict', () => {
    const wide = edits(['const b = 2;\nconst c = 3;\nconst d = 4;', 'const bcd = 9;']);
    const { conflicts } = mergeEdits(BASE, wide, edits(['const b = 2;', 'let b = 2;'], ['const d = 4;', 'let d = 4;']));
    assert.deepEqual(
      conflicts.map(({ first, second }) => [first, second]),
      [['const bcd = 9;', 'let b = 2;\nconst c = 3;\nlet d = 4;']],
    );
  });

  it('never lose a line, whatever both change', () => {
    const change = fc.uniqueArray(fc.nat(4), { maxLength: 5 });
    fc.assert(
      fc.property(change, change, fc.constantFrom('first', 'second', 'unresolved'), (mine, theirs, choose) => {
        const of = (lines: readonly number[], word: string) =>
          edits(...lines.map((line) => [LINES[line] ?? '', `${word} ${LINES[line]}`] as const));
        const merged = mergeEdits(BASE, of(mine, 'first'), of(theirs, 'second'));
        assert.equal(merged.conflicts.length, mine.filter((line) => theirs.includes(line)).length);
        const answer = { resolutions: merged.conflicts.flatMap(({ number }) => resolved(number, choose).resolutions) };
        const { text } = applyResolutions(BASE, merged, answer);
        const expected = LINES.map((line, index) => {
          const [a, b] = [mine.includes(index), theirs.includes(index)];
          if (a && b) return choose === 'unresolved' ? line : `${choose} ${line}`;
          return a ? `first ${line}` : b ? `second ${line}` : line;
        });
        assert.equal(text, `${expected.join('\n')}\n`);
      }),
    );
  });

  it('are shown to a resolver as data', () => {
    const call = { budget: { usd: null, tokens: null }, loadBalancing: null };
    const task = resolverTask('resolve', clash().conflicts, { agent: SOLOIST, dependencies: [], call });
    assert.match(JSON.stringify(task.payload), /Conflict 1[\s\S]*<data-[0-9a-f]{8}>\\nlet b = 2;/);
  });
});
