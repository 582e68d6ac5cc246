import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { refactorWithRules } from '../../../../../../src/adapters/providers/offline/refactoring/refactor-with-rules.ts';
import { applySplices } from '../../../../../../src/core/edits/line-changes.ts';
import { placeEdits } from '../../../../../../src/core/edits/place-edits.ts';

/** The code after all rules, made by the same way as in a run. */
function refactored(text: string, languageId = 'javascript'): string {
  const file = { path: `a.${languageId === 'python' ? 'py' : 'js'}`, languageId, text, startLine: 1 };
  const allowed = { first: 1, last: text.split('\n').length };
  const base = { languageId, text, firstLine: 1, allowed, redactedLines: [] };
  const { placed, rejected } = placeEdits(base, refactorWithRules(file, null));
  assert.deepEqual(rejected, []);
  return applySplices(
    text,
    placed.map(({ splice }) => splice),
  );
}

function same(...texts: string[]): void {
  for (const text of texts) assert.equal(refactored(text), text);
}

describe('safe changes of TypeScript and JavaScript', () => {
  it('declares with const or let', () => {
    assert.equal(
      refactored('function f(a) {\n  var b = a;\n  var c = 0;\n  c += b;\n  return c;\n}\n'),
      'function f(a) {\n  const b = a;\n  let c = 0;\n  c += b;\n  return c;\n}\n',
    );
    assert.equal(refactored("var a = require('a');\na();\n"), "const a = require('a');\na();\n");
    assert.equal(refactored('function f() {\n  var a;\n  [a] = g();\n  return a;\n}\n').includes('const'), false);
  });

  it('leaves var where let would be another thing', () => {
    same(
      'var global = 1;\nfoo(global);\n',
      'function f() {\n  use(a);\n  var a = 1;\n}\n',
      'function f() {\n  if (x) {\n    var a = 1;\n  }\n  return a;\n}\n',
      'function f() {\n  for (const x of y) {\n    var a = x;\n    g(() => a);\n  }\n}\n',
      'function f() {\n  var a = 1;\n  var a = 2;\n  return a;\n}\n',
      'function f(a) {\n  var a = a || 1;\n  return a;\n}\n',
      'function f() {\n  g();\n  var a = 1;\n  function g() {\n    return a;\n  }\n}\n',
      'function f() {\n  var a = 1, b = 2;\n  return a + b;\n}\n',
      'function f(x) {\n  switch (x) {\n    case 1:\n      g();\n      var a = 1;\n      return a;\n    case 2:\n      a = 2;\n  }\n}\n',
      "function f() {\n  var a = 1;\n  return eval('a');\n}\n",
      'export var a = 1;\n',
      'var a = 1;\nexport { a };\n',
      'function f() {\n  var b = 1;\n  var a = 2, b = 3;\n  return b;\n}\n',
    );
  });

  it('drops the else after a branch that leaves', () => {
    assert.equal(
      refactored(
        'function f(a) {\n  if (a) {\n    g();\n    return 1;\n  } else {\n    h();\n\n    return 2;\n  }\n}\n',
      ),
      'function f(a) {\n  if (a) {\n    g();\n    return 1;\n  }\n  h();\n\n  return 2;\n}\n',
    );
  });

  it('keeps the else where something else depends on it', () => {
    same(
      'function f(a) {\n  if (a) {\n    if (b) return 1;\n  } else {\n    h();\n  }\n}\n',
      'function f(a) {\n  if (a) {\n    return 1;\n  } else {\n    const b = 2;\n    h(b);\n  }\n}\n',
      'function f(a) {\n  if (a) {\n    return 1;\n  } else if (b) {\n    h();\n  }\n}\n',
      'function f(a) {\n  if (c) {\n    g();\n  } else if (a) {\n    return 1;\n  } else {\n    h();\n  }\n}\n',
      'function f(a) {\n  for (const b of c)\n    if (a) {\n      return 1;\n    } else {\n      h();\n    }\n}\n',
      'function f(a) {\n  if (a) {\n    return 1;\n  } else {\n    h()\n  }\n  (g)();\n}\n',
      'function f(a) {\n  if (a) {\n    return 1;\n  } // never\n  else {\n    h();\n  }\n}\n',
    );
  });

  it('shortens conditions, properties and imports', () => {
    assert.equal(
      refactored('const a = (b, c) => {\n  return b === c ? true : false;\n};\n'),
      'const a = (b, c) => {\n  return b === c;\n};\n',
    );
    assert.equal(refactored('if (!!a.b) c();\n'), 'if (a.b) c();\n');
    assert.equal(refactored('f({ a: a, b: c, d });\n'), 'f({ a, b: c, d });\n');
    assert.equal(refactored("import { a, b } from 'c';\na();\n"), "import { a } from 'c';\na();\n");
    assert.equal(
      refactored("import {\n  a,\n  b,\n  c,\n} from 'c';\na(c);\n"),
      "import {\n  a,\n  c,\n} from 'c';\na(c);\n",
    );
    assert.equal(refactored('a();;\n'), 'a();\n');
  });

  it('leaves what only looks like it', () => {
    same(
      'return_(a && b === c ? true : false);\n',
      'const a = b ? true : false;\n',
      'const a = !!b;\n',
      'if (!!a || !!b) c();\n',
      'f({ this: this, null: null });\n',
      'const a = { b: b };\n'.replace('b: b', 'b: c'),
      "import { a } from 'c';\n",
      "import { a, b } from 'c';\na();\n// b is for later\n",
      'for (;;) {\n  a();\n}\n',
      'const text = `line  \n`;\n',
    );
  });

  it('changes only the lines that may change', () => {
    const text = 'function f() {\n  var a = 1;\n  var b = 2;\n  return a + b;\n}\n';
    const file = { path: 'a.js', languageId: 'javascript', text, startLine: 1 };
    assert.deepEqual(
      refactorWithRules(file, { first: 3, last: 3 }).map(({ line, replace }) => [line, replace]),
      [[3, '  const b = 2;']],
    );
  });
});

describe('safe changes of Python', () => {
  const py = (text: string) => refactored(text, 'python');

  it('makes each of them', () => {
    assert.equal(py('if a == None:\n    b()\n'), 'if a is None:\n    b()\n');
    assert.equal(py('if not a in b:\n    c()\n'), 'if a not in b:\n    c()\n');
    assert.equal(py('def f():\n    a()\n    pass\n'), 'def f():\n    a()\n');
    assert.equal(py('if (a and b):\n    c()\n'), 'if a and b:\n    c()\n');
    assert.equal(
      py('def f(a):\n    if a:\n        return 1\n    else:\n        b()\n        return 2\n'),
      'def f(a):\n    if a:\n        return 1\n    b()\n    return 2\n',
    );
    assert.equal(py('a = 1  \n'), 'a = 1\n');
    assert.equal(py('  \n\na = 1\n  \nb = 2\n'), '\n\na = 1\n\nb = 2\n');
  });

  it('leaves what only looks like it', () => {
    for (const text of [
      'q = select(User).where(User.name == None)\n',
      'if a.b == None:\n    c()\n',
      'if not (a in b):\n    c()\n',
      'def f():\n    pass\n',
      'def f():\n    pass\n    pass\n',
      'if (a, b):\n    c()\n',
      'if (a) and (b):\n    c()\n',
      'if (n := f()):\n    c()\n',
      'def f(a):\n    if a:\n        return 1\n    elif b:\n        c()\n    else:\n        return 2\n',
      'def f(a):\n    if a:\n        b()\n    else:\n        return 2\n',
      'for a in b:\n    c()\nelse:\n    d()\n',
      'a = """x  \ny"""\n',
    ])
      assert.equal(py(text), text);
  });
});

describe('safe changes on our own code', () => {
  it('finds nothing to do in code that a linter keeps tidy', () => {
    const folder = path.resolve(import.meta.dirname, '../../../../../../src/core');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    assert.ok(files.length > 100);
    for (const name of files) {
      const text = readFileSync(path.join(folder, name), 'utf8');
      const edits = refactorWithRules({ path: name, languageId: 'typescript', text, startLine: 1 }, null);
      assert.deepEqual(edits, [], name);
    }
  });
});
