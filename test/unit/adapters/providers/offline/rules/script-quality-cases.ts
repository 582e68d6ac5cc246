import type { RuleCases } from '../cases.ts';

const TEST = 'test/a.test.ts';
const asyncSave = 'async function save() {\n  await write();\n}\n';
const inTest = (body: string): string => `it('adds', () => {\n  ${body}\n});\nassert.ok(a);`;

export const SCRIPT_QUALITY_CASES: Readonly<Record<string, RuleCases>> = {
  'script-empty-catch': {
    wrong: [
      { code: 'try {\n  go();\n} catch {}', lines: [3] },
      { code: 'try {\n  go();\n} catch (error) {\n}', lines: [3] },
    ],
    right: [
      'try {\n  go();\n} catch {\n  // Not there: nothing to remove.\n}',
      'try {\n  go();\n} catch {} // best effort',
      'try {\n  go();\n} catch (error) {\n  log(error);\n}',
      'go().catch(() => undefined);',
      { code: 'try { go(); } catch {}', path: TEST },
    ],
  },
  'script-floating-promise': {
    wrong: [
      { code: `${asyncSave}async function main() {\n  save();\n  done();\n}`, lines: [5] },
      { code: 'const load = async () => {\n  await get();\n};\nfunction main() {\n  load()\n  next()\n}', lines: [5] },
      { code: 'class A {\n  async save() {\n    await b();\n  }\n  close() {\n    this.save();\n  }\n}', lines: [6] },
    ],
    right: [
      `${asyncSave}async function main() {\n  await save();\n}`,
      `${asyncSave}function main() {\n  return save();\n}`,
      `${asyncSave}function main() {\n  void save();\n}`,
      `${asyncSave}function main() {\n  save().catch(report);\n}`,
      `${asyncSave}function main() {\n  const saved = save();\n  run(save());\n}`,
      `${asyncSave}save();`,
      `${asyncSave}function main(save) {\n  save();\n}`,
      `${asyncSave}function main() {\n  other.save();\n}`,
      'function save() {}\nfunction main() {\n  save();\n}',
      'async function save() {\n  try {\n    await a();\n  } catch (e) {\n    log(e);\n  }\n}\nfunction main() {\n  save();\n}',
      `${asyncSave}const run = () => save();`,
    ],
  },
  'script-async-each': {
    wrong: [{ code: 'list.forEach(async (one) => {\n  await save(one);\n});', lines: [1] }],
    right: ['list.forEach((one) => save(one));', 'await Promise.all(list.map(async (one) => save(one)));'],
  },
  'script-async-executor': {
    wrong: [{ code: 'const p = new Promise<void>(async (resolve) => {\n  resolve();\n});', lines: [1] }],
    right: ['const p = new Promise((resolve) => setTimeout(resolve, 1));'],
  },
  'script-unreachable': {
    wrong: [
      { code: 'function a() {\n  return 1;\n  b();\n}', lines: [3] },
      { code: 'function a() {\n  throw new Error("x");\n  const c = 1;\n}', lines: [3] },
      { code: 'function a() {\n  return\n  value\n}', lines: [3] },
      { code: 'for (const a of b) {\n  continue;\n  c();\n}', lines: [3] },
    ],
    right: [
      'function a() {\n  if (b) return 1;\n  c();\n}',
      'function a() {\n  if (b)\n    return 1;\n  c();\n}',
      'function a() {\n  return (\n    b()\n  );\n}',
      'function a() {\n  return b\n    .map(c)\n    .join();\n}',
      'function a() {\n  return b();\n  function b() {}\n}',
      'switch (a) {\n  case 1:\n    return b;\n  case 2:\n    return c;\n}',
      'function a() {\n  return `one\ntwo`;\n}',
      'function a() {\n  if (b) {\n    return 1;\n  } else {\n    c();\n  }\n}',
      'interface A {\n  return(value: string): void;\n  next(): void;\n}',
      'const a = { return: 1, throw: 2 };\nb();',
      'function a() {\n  return b ?\n    c :\n    d;\n}',
      'function f() {\n  return x as Record<string, Array<number>>\n}\ng()',
    ],
  },
  'script-finally-return': {
    wrong: [{ code: 'function a() {\n  try {\n    b();\n  } finally {\n    return 1;\n  }\n}', lines: [5] }],
    right: [
      'function a() {\n  try {\n    return b();\n  } finally {\n    c();\n  }\n}',
      'try {\n  b();\n} finally {\n  list.forEach((one) => {\n    return one;\n  });\n}',
      'try {\n  b();\n} finally {\n  iterator.return?.();\n}',
    ],
  },
  'script-fallthrough': {
    wrong: [{ code: "switch (a) {\n  case 'x':\n    b();\n  case 'y':\n    c();\n}", lines: [2] }],
    right: [
      "switch (a) {\n  case 'x':\n    b();\n    break;\n  case 'y':\n    c();\n}",
      "switch (a) {\n  case 'x':\n  case 'y':\n    c();\n}",
      "switch (a) {\n  case 'x':\n    b();\n    // falls through\n  case 'y':\n    c();\n}",
      "switch (a) {\n  case 'x': {\n    return b();\n  }\n  default:\n    c();\n}",
      "switch (a) {\n  case 'x':\n    if (b) return 1;\n    else return 2;\n  case 'y':\n    c();\n}",
      'switch (a) {\n  case b ? 1 : 2:\n    return 1;\n  case 3:\n    throw c;\n}',
      'switch (a) {\n  case 1:\n    v = x as Map<string, string>\n    break\n  case 2:\n    v = y\n    break\n}',
    ],
  },
  'script-loose-equality': {
    wrong: [
      { code: 'if (count == 0) stop();', lines: [1] },
      { code: "if (a != '') stop();", lines: [1] },
      { code: 'if (flag == true) stop();', lines: [1] },
      { code: "if (count == '5') stop();", lines: [1] },
    ],
    right: [
      'if (a == null) stop();',
      'if (a != undefined) stop();',
      'if (a === 0) stop();',
      "if (typeof a == 'string') stop();",
      'if (list.length == 0) stop();',
      'if (a % 2 == 0) stop();',
      'if (a.indexOf(b) == -1) stop();',
      "const text = 'a == 0';",
      'const f = (a) => 0;',
    ],
  },
  'script-nan': {
    wrong: [
      { code: 'if (a === NaN) stop();', lines: [1] },
      { code: 'if (NaN != a) stop();', lines: [1] },
    ],
    right: ['if (Number.isNaN(a)) stop();', 'const a = NaN;'],
  },
  'script-typeof': {
    wrong: [{ code: "if (typeof a === 'array') stop();", lines: [1] }],
    right: ["if (typeof a === 'object') stop();", 'if (typeof a === typeof b) stop();'],
  },
  'script-self-compare': {
    wrong: [{ code: 'if (a.left === a.left) stop();', lines: [1] }],
    right: [
      'if (a.left === a.right) stop();',
      'if (x - a === a) stop();',
      'if (a === a.b) stop();',
      'if (a === a()) stop();',
    ],
  },
  'script-assignment-condition': {
    wrong: [{ code: 'if (a = b) stop();', lines: [1] }],
    right: [
      'if (a === b) stop();',
      'if ((a = next())) stop();',
      'if (a >= b) stop();',
      'if (list.some((one) => one.a)) stop();',
      'while (match = pattern.exec(text)) use(match);',
    ],
  },
  'script-off-by-one': {
    wrong: [{ code: 'for (let i = 0; i <= list.length; i++) {\n  use(list[i]);\n}', lines: [1] }],
    right: [
      'for (let i = 0; i < list.length; i++) {\n  use(list[i]);\n}',
      'for (let i = 0; i <= list.length; i++) {\n  use(text.slice(0, i));\n}',
      'for (let i = 1; i <= list.length; i++) {\n  use(list[i - 1]);\n}',
    ],
  },
  'script-map-parseint': {
    wrong: [{ code: "const a = ['1', '2'].map(parseInt);", lines: [1] }],
    right: ["const a = ['1', '2'].map(Number);"],
  },
  'script-parseint-radix': {
    wrong: [
      { code: 'const a = parseInt(text);', lines: [1] },
      { code: 'const a = Number.parseInt(text);', lines: [1] },
    ],
    right: ['const a = parseInt(text, 10);', 'const a = my.parseInt(text);', 'const a = Number(text);'],
  },
  'script-negated-in': {
    wrong: [
      { code: 'if (!key in table) stop();', lines: [1] },
      { code: 'return !a instanceof B;', lines: [1] },
    ],
    right: ['if (!(key in table)) stop();', 'for (const key in table) use(key);'],
  },
  'script-same-condition': {
    wrong: [
      { code: 'if (a === 1) {\n  b();\n} else if (a === 2) {\n  c();\n} else if (a === 1) {\n  d();\n}', lines: [5] },
    ],
    right: [
      'if (a === 1) {\n  b();\n} else if (a === 2) {\n  c();\n}',
      'if (next()) {\n  b();\n} else if (next()) {\n  c();\n}',
      'if (a) b();\nif (a) c();',
    ],
  },
  'script-debugger': {
    wrong: [{ code: 'function a() {\n  debugger;\n}', lines: [2] }],
    right: ['const debuggerName = 1;', 'start(a.debugger);', "const text = 'debugger;';"],
  },
  'script-console': {
    wrong: [{ code: 'function a() {\n  console.log(b);\n}', lines: [2] }],
    right: [
      'function a() {\n  console.error(b);\n}',
      { code: 'function a() {\n  console.log(b);\n}', path: 'src/cli/main.ts' },
      { code: 'function a() {\n  console.log(b);\n}', path: TEST },
      `function a() {\n${'  console.log(b);\n'.repeat(9)}}`,
    ],
  },
  'script-sync-in-handler': {
    wrong: [{ code: "app.get('/', (req, res) => {\n  res.send(readFileSync('a'));\n});", lines: [2] }],
    right: [
      "const a = readFileSync('a');",
      "app.get('/', async (req, res) => {\n  res.send(await readFile('a'));\n});",
      'function load(file) {\n  return readFileSync(file);\n}',
    ],
  },
  'script-query-in-loop': {
    wrong: [
      {
        code: "for (const id of ids) {\n  rows.push(await db.query('SELECT a FROM b WHERE id = ?', [id]));\n}",
        lines: [2],
      },
      {
        code: 'await Promise.all(users.map(async (user) => {\n  return await Order.findOne({ user: user.id });\n}));',
        lines: [2],
      },
    ],
    right: [
      "const rows = await db.query('SELECT a FROM b');\nfor (const row of rows) use(row);",
      'for (const id of ids) {\n  use(pool.get(id));\n}',
      'for (const id of ids) {\n  await client.query(BEGIN);\n}',
    ],
  },
  'script-await-in-loop': {
    wrong: [
      { code: 'async function a() {\n  for (const url of urls) {\n    await fetchPage(url);\n  }\n}', lines: [3] },
    ],
    right: [
      'async function a() {\n  for await (const one of stream) {\n    await use(one);\n  }\n}',
      'async function a() {\n  for (const url of urls) {\n    const page = await load(url);\n    if (page) return page;\n  }\n}',
      'async function a() {\n  for (const step of steps) {\n    state = await apply(step, state);\n  }\n}',
      'class A {\n  async a() {\n    for (const one of all) {\n      await this.visit(one);\n    }\n  }\n}',
      'async function a() {\n  while (more) {\n    await load(more);\n  }\n}',
      'async function a() {\n  for (const one of all) {\n    await sleep(one);\n  }\n}',
    ],
  },
  'script-spread-in-reduce': {
    wrong: [{ code: 'const a = list.reduce((all, one) => ({ ...all, [one.id]: one }), {});', lines: [1] }],
    right: ['const a = list.reduce((sum, one) => sum + one, 0);', 'const a = list.map((one) => ({ ...one }));'],
  },
  'script-json-clone': {
    wrong: [{ code: 'const copy = JSON.parse(JSON.stringify(value));', lines: [1] }],
    right: ['const copy = structuredClone(value);', 'const a = JSON.parse(text);'],
  },
  'script-test-only': {
    wrong: [{ code: "describe('a', () => {\n  it.only('b', () => {});\n});", lines: [2], path: TEST }],
    right: [{ code: "it('b', () => {});", path: TEST }, "it.only('b', () => {});"],
  },
  'script-test-skip': {
    wrong: [
      { code: "it.skip('b', () => {});", lines: [1], path: TEST },
      { code: "xit('b', () => {});", lines: [1], path: TEST },
    ],
    right: [
      { code: "// Until the vendor repairs it: see their issue.\nit.skip('b', () => {});", path: TEST },
      { code: "it('b', function () {\n  this.skip();\n});", path: TEST },
    ],
  },
  'script-test-no-check': {
    wrong: [
      { code: inTest('add(1, 2);'), lines: [1], path: TEST },
      { code: "it('is empty', () => {});\nexpect(a);", lines: [1], path: TEST },
    ],
    right: [
      { code: inTest('assert.equal(add(1, 2), 3);'), path: TEST },
      { code: inTest('expect(add(1, 2)).toBe(3);'), path: TEST },
      { code: `function same(a, b) {\n  assert.equal(a, b);\n}\n${inTest('same(add(1, 2), 3);')}`, path: TEST },
      { code: "it('does not throw', () => {\n  add();\n});\nassert.ok(a);", path: TEST },
      { code: "it('waits', (done) => {\n  add(done);\n});\nassert.ok(a);", path: TEST },
      { code: "it('a', function (t) {\n  const f = () => 1;\n  f();\n  assert.ok(f);\n});", path: TEST },
      inTest('add(1, 2);'),
    ],
  },
  'script-test-constant': {
    wrong: [
      { code: 'assert.ok(true);', lines: [1], path: TEST },
      { code: 'expect(1).toBe(1);', lines: [1], path: TEST },
    ],
    right: [{ code: 'assert.ok(value);\nexpect(one()).toBe(1);', path: TEST }],
  },
  'script-test-sleep': {
    wrong: [{ code: 'await new Promise((resolve) => setTimeout(resolve, 500));', lines: [1], path: TEST }],
    right: [
      { code: 'await new Promise((resolve) => setTimeout(resolve, 0));', path: TEST },
      'await new Promise((resolve) => setTimeout(resolve, 500));',
    ],
  },
  'script-todo': {
    wrong: [{ code: 'a();\n// TODO: handle b\n/* FIXME later */', lines: [2, 3] }],
    right: [
      '// TODO(#12): handle b',
      "const a = 'TODO';",
      '// The TODOs are listed elsewhere',
      '// `TODO` marks open work',
    ],
  },
  'script-undocumented': {
    wrong: [{ code: `export function a() {\n${'  b();\n'.repeat(8)}}`, lines: [1] }],
    right: [
      `/** Does b. */\nexport function a() {\n${'  b();\n'.repeat(8)}}`,
      'export function a() {\n  b();\n}',
      `function a() {\n${'  b();\n'.repeat(8)}}`,
      `/** Text or number. */\nexport function a(b: string): void;\nexport function a(b: number): void;\nexport function a(b) {\n${'  c();\n'.repeat(8)}}`,
    ],
  },
  'script-wrong-param': {
    wrong: [
      {
        code: '/**\n * Adds.\n * @param a first\n * @param c second\n */\nfunction add(a, b) {\n  return a + b;\n}',
        lines: [4],
      },
    ],
    right: [
      '/**\n * @param {number} a first\n * @param [b] second\n */\nexport function add(a, b = 1) {\n  return a + b;\n}',
      '/**\n * @param options what to do\n * @param options.a one of them\n */\nfunction add({ a }) {\n  return a;\n}',
      '/** @param x of a type */\ntype A = (x: number) => void;',
    ],
  },
};
