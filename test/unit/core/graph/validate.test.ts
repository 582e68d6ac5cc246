import assert from 'node:assert/strict';
import fc from 'fast-check';
import { validateGraph } from '../../../../src/core/graph/validate.ts';
import { task } from '../../../support/engine-fixture.ts';

describe('validateGraph', () => {
  it('names a cycle as a path', () => {
    const tasks = [task('a', ['c']), task('b', ['a']), task('c', ['b']), task('d')];
    assert.throws(() => validateGraph(tasks), /Circular dependency: (a → c → b → a|c → b → a → c|b → a → c → b)\./);
  });

  it('shortens a long cycle in the message', () => {
    const ring = Array.from({ length: 40 }, (_, at) => task(`t${at}`, [`t${(at + 1) % 40}`]));
    assert.throws(() => validateGraph(ring), /t0 → t1 → t2 → t3 → t4 → t5 → … \(29 more\) → .*t39 → t0\./);
  });

  it('suggests the nearest task for a mistyped dependency', () => {
    assert.throws(
      () => validateGraph([task('backend'), task('frontend', ['backnd'])]),
      (error: unknown) => error instanceof Error && 'hint' in error && error.hint === 'Did you mean "backend"?',
    );
  });

  for (const [what, tasks] of [
    ['a self-edge', [task('a', ['a'])]],
    ['duplicate ids', [task('a'), task('a')]],
    ['an empty id', [task('')]],
    ['an id with a slash', [task('a/b')]],
    ['an id that breaks objects', [task('__proto__')]],
    ['an id that is too long', [task('x'.repeat(129))]],
    ['a priority of 0', [task('a', [], { priority: 0 })]],
    ['a priority of 1.5', [task('a', [], { priority: 1.5 })]],
    ['an estimate that is no number', [task('a', [], { estimateMs: Number.NaN })]],
    ['a time limit of 0', [task('a', [], { timeoutMs: 0 })]],
    [
      'a retry policy without an attempt',
      [task('a', [], { retry: { maxAttempts: 0, initialDelayMs: 1, maxDelayMs: 1 } })],
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => validateGraph(tasks), { name: 'EnsembleError', code: 'invalid-graph' });
    });
  }

  it('takes a chain of 10,000 tasks', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => task(`t${index}`, index === 0 ? [] : [`t${index - 1}`]));
    validateGraph(chain.reverse());
  });

  it('accepts dependencies on tasks that exist already, but not their ids again', () => {
    validateGraph([task('new', ['old'])], new Set(['old']));
    assert.throws(() => validateGraph([task('old')], new Set(['old'])), { code: 'invalid-graph' });
  });

  it('accepts exactly the graphs whose edges can be ordered', () => {
    const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 20 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const tasks = Array.from({ length: 8 }, (_, to) => {
          const from = pairs.filter(([, target]) => target === to).map(([source]) => `t${source}`);
          return task(`t${to}`, [...new Set(from)]);
        });
        assert.equal(accepts(tasks), canBeOrdered(tasks));
      }),
    );
  });
});

function accepts(tasks: Parameters<typeof validateGraph>[0]): boolean {
  try {
    validateGraph(tasks);
    return true;
  } catch {
    return false;
  }
}

/** Kahn's algorithm, as an independent judge. */
function canBeOrdered(tasks: Parameters<typeof validateGraph>[0]): boolean {
  const left = new Map(tasks.map((one) => [one.id, new Set(one.dependencies)]));
  for (let free = firstFree(left); free !== undefined; free = firstFree(left)) {
    left.delete(free);
    for (const dependencies of left.values()) dependencies.delete(free);
  }
  return left.size === 0;
}

function firstFree(left: ReadonlyMap<string, ReadonlySet<string>>): string | undefined {
  return [...left].find(([, dependencies]) => dependencies.size === 0)?.[0];
}
