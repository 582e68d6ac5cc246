import type { RuleCases } from '../cases.ts';

const SOURCE = 'src/a.py';
const TEST = 'tests/test_a.py';

export const PYTHON_CASES: Readonly<Record<string, RuleCases>> = {
  'python-except-pass': {
    wrong: [
      { code: 'try:\n    go()\nexcept Exception:\n    pass', lines: [3] },
      { code: 'try:\n    go()\nexcept:\n    ...', lines: [3] },
      { code: 'try:\n    go()\nexcept OSError as error: pass', lines: [3] },
    ],
    right: [
      'try:\n    go()\nexcept Exception:\n    pass  # best effort',
      'try:\n    go()\nexcept Exception:\n    # Not there: nothing to remove.\n    pass',
      'try:\n    a = b["c"]\nexcept KeyError:\n    pass',
      'try:\n    go()\nexcept (FileNotFoundError, ValueError):\n    pass',
      'try:\n    go()\nexcept Exception as error:\n    log(error)',
    ],
  },
  'python-bare-except': {
    wrong: [{ code: 'try:\n    go()\nexcept:\n    log()', lines: [3] }],
    right: ['try:\n    go()\nexcept Exception:\n    log()', 'try:\n    go()\nexcept:\n    log()\n    raise'],
  },
  'python-mutable-default': {
    wrong: [
      { code: 'def add(one, all=[]):\n    all.append(one)\n    return all', lines: [1] },
      { code: 'def add(\n    one,\n    seen: dict = {},\n):\n    seen[one] = True', lines: [3] },
    ],
    right: [
      'def add(one, all=None):\n    all = all or []\n    all.append(one)',
      'def show(names=[]):\n    for name in names:\n        print(name)',
      'def add(one, all=()):\n    return all + (one,)',
      'def add(one, all=[]):\n    all = list(all)\n    all.append(one)',
    ],
  },
  'python-is-literal': {
    wrong: [
      { code: 'if a is "b":\n    c()', lines: [1] },
      { code: 'if a is not 5:\n    c()', lines: [1] },
    ],
    right: [
      'if a is None:\n    c()',
      'if a == "b":\n    c()',
      '# this is "b"\na = "this is \'b\'"',
      'if a is True:\n    c()',
    ],
  },
  'python-equals-none': {
    wrong: [
      { code: 'if a == None:\n    b()', lines: [1] },
      { code: 'if a != None:\n    b()', lines: [1] },
    ],
    right: ['if a is None:\n    b()', 'rows = query.filter(User.name == None)', 'def a(b=None):\n    c()'],
  },
  'python-unreachable': {
    wrong: [
      { code: 'def a():\n    return 1\n    b()', lines: [3] },
      { code: 'def a():\n    raise E(\n        1\n    )\n    b()', lines: [5] },
    ],
    right: [
      'def a():\n    if b:\n        return 1\n    return 2',
      'def a():\n    return 1\n\n\ndef b():\n    return 2',
      'try:\n    return 1\nexcept E:\n    b()',
      'def a():\n    return\n    yield',
      'def a():\n    return (\n        1\n    )',
      'def a():\n    return """one\ntwo"""',
    ],
  },
  'python-not-awaited': {
    wrong: [{ code: 'async def save():\n    await a()\n\nasync def main():\n    save()', lines: [5] }],
    right: [
      'async def save():\n    await a()\n\nasync def main():\n    await save()',
      'async def save():\n    await a()\n\nasync def main():\n    task = save()',
      'def save():\n    a()\n\ndef main():\n    save()',
    ],
  },
  'python-assert-tuple': {
    wrong: [{ code: 'assert (a == b, "not equal")', lines: [1] }],
    right: ['assert (a == b), "not equal"', 'assert a == (b, c)', 'assert (a and b)'],
  },
  'python-remove-while-iterating': {
    wrong: [{ code: 'for one in items:\n    if one.old:\n        items.remove(one)', lines: [3] }],
    right: [
      'for one in list(items):\n    items.remove(one)',
      'for one in items:\n    if one.old:\n        items.remove(one)\n        break',
      'for one in items:\n    others.remove(one)',
    ],
  },
  'python-breakpoint': {
    wrong: [
      { code: 'def a():\n    breakpoint()', lines: [2] },
      { code: 'import pdb; pdb.set_trace()', lines: [1] },
    ],
    right: ['set_breakpoint()', '# breakpoint()'],
  },
  'python-eval': {
    wrong: [
      { code: 'a = eval(text)', lines: [1] },
      { code: 'exec(code)', lines: [1] },
    ],
    right: ['model.eval()', 'a = ast.literal_eval(text)', '# eval(text)', 'def eval(a):\n    pass'],
  },
  'python-shell': {
    wrong: [
      { code: 'os.system("rm " + path)', lines: [1] },
      { code: 'subprocess.run(f"git log {branch}", shell=True)', lines: [1] },
      { code: 'def a(b):\n    command = "ls %s" % b\n    subprocess.call(command, shell=True)', lines: [3] },
    ],
    right: [
      'os.system("clear")',
      'subprocess.run(["git", "log", branch])',
      'subprocess.run("ls", shell=True)',
      'subprocess.run(f"git log {branch}".split())',
    ],
  },
  'python-sql': {
    wrong: [
      { code: 'cursor.execute(f"SELECT * FROM users WHERE name = \'{name}\'")', lines: [1] },
      { code: 'cursor.execute("SELECT * FROM users WHERE id = %s" % user)', lines: [1] },
      { code: 'query = "DELETE FROM users WHERE id = " + user', lines: [1] },
      { code: 'query = "SELECT * FROM users WHERE id = {}".format(user)', lines: [1] },
    ],
    right: [
      'cursor.execute("SELECT * FROM users WHERE id = %s", (user,))',
      'cursor.execute(f"SELECT {columns} FROM {table}")',
      'cursor.execute(f"SELECT * FROM users LIMIT {LIMIT}")',
      'def a():\n    """SELECT a FROM b WHERE c = {d}"""',
      'text = f"select {a} from the list"',
      'cursor.execute("SELECT * FROM users WHERE id = " "1")',
    ],
  },
  'python-pickle': {
    wrong: [{ code: 'a = pickle.loads(data)', lines: [1] }],
    right: ['pickle.dumps(data)', 'json.loads(data)'],
  },
  'python-yaml': {
    wrong: [
      { code: 'a = yaml.load(text)', lines: [1] },
      { code: 'a = yaml.load(text, Loader=yaml.Loader)', lines: [1] },
    ],
    right: ['a = yaml.safe_load(text)', 'a = yaml.load(text, Loader=yaml.SafeLoader)'],
  },
  'python-tls': {
    wrong: [{ code: 'requests.get(url, verify=False)', lines: [1] }],
    right: [
      'requests.get(url, verify=True)',
      'requests.get(url)',
      'if not verify:\n    context.check_hostname = False',
    ],
  },
  'python-weak-hash': {
    wrong: [
      { code: 'a = hashlib.md5(data).hexdigest()', lines: [1] },
      { code: 'def hash_password(p):\n    return hashlib.new("sha1", p)', lines: [2] },
    ],
    right: [
      'a = hashlib.sha256(data)',
      'etag = hashlib.md5(body).hexdigest()',
      'hashlib.md5(data, usedforsecurity=False)',
    ],
  },
  'python-random': {
    wrong: [
      { code: 'token = random.choice(letters)', lines: [1] },
      { code: 'def new_password():\n    return "".join(random.choices(letters, k=8))', lines: [2] },
    ],
    right: ['token = secrets.token_hex()', 'winner = random.choice(names)'],
  },
  'python-secret': {
    wrong: [{ code: 'PASSWORD = "[redacted password]"', lines: [1] }],
    right: ['PASSWORD = os.environ["PASSWORD"]', 'text = "shown as [redacted password] in logs"'],
  },
  'python-path': {
    wrong: [
      { code: 'def show():\n    return open("files/" + request.args["name"])', lines: [2] },
      { code: 'def show():\n    name = request.args.get("name")\n    return send_file(name)', lines: [3] },
    ],
    right: [
      'def show():\n    return open("files/fixed.txt")',
      'def show():\n    return open(secure_filename(request.args["name"]))',
      'def show():\n    name = secure_filename(request.args["name"])\n    return open(name)',
    ],
  },
  'python-debug-server': {
    wrong: [{ code: 'app.run(debug=True)', lines: [1] }],
    right: ['app.run()', 'app.run(debug=DEBUG)'],
  },
  'python-mktemp': {
    wrong: [{ code: 'name = tempfile.mktemp()', lines: [1] }],
    right: ['name = tempfile.mkstemp()'],
  },
  'python-query-in-loop': {
    wrong: [{ code: 'for user in users:\n    cursor.execute("SELECT a FROM b WHERE c = %s", (user,))', lines: [2] }],
    right: [
      'cursor.execute("SELECT a FROM b")\nfor row in cursor:\n    use(row)',
      'for one in all:\n    session.get("fixed")',
    ],
  },
  'python-string-in-loop': {
    wrong: [
      {
        code: 'def a(lines):\n    text = ""\n    for line in lines:\n        text += line\n    return text',
        lines: [4],
      },
    ],
    right: [
      'def a(lines):\n    total = 0\n    for line in lines:\n        total += line\n    return total',
      'def a(lines):\n    text = ""\n    text += "end"\n    return text',
      'def a(lines):\n    text = "0"\n    for line in lines:\n        text += line\n    return text',
    ],
  },
  'python-list-membership': {
    wrong: [
      {
        code: 'def a(names):\n    seen = []\n    for name in names:\n        if name not in seen:\n            seen.append(name)',
        lines: [4],
      },
    ],
    right: [
      'def a(names):\n    seen = set()\n    for name in names:\n        if name not in seen:\n            seen.add(name)',
    ],
  },
  'python-test-no-check': {
    wrong: [{ code: 'def test_add():\n    add(1, 2)', lines: [1], path: TEST }],
    right: [
      { code: 'def test_add():\n    assert add(1, 2) == 3', path: TEST },
      { code: 'def test_add():\n    with pytest.raises(ValueError):\n        add()', path: TEST },
      { code: 'def same(a, b):\n    assert a == b\n\ndef test_add():\n    same(add(1, 2), 3)', path: TEST },
      { code: '@pytest.fixture\ndef test_client():\n    return client()', path: TEST },
      { code: 'def test_import_works():\n    import a', path: TEST },
      'def test_add():\n    add(1, 2)',
    ],
  },
  'python-test-skip': {
    wrong: [{ code: '@pytest.mark.skip\ndef test_a():\n    assert b', lines: [1], path: TEST }],
    right: [{ code: '@pytest.mark.skip(reason="needs a network")\ndef test_a():\n    assert b', path: TEST }],
  },
  'python-test-constant': {
    wrong: [{ code: 'def test_a():\n    assert True', lines: [2], path: TEST }],
    right: [{ code: 'def test_a():\n    assert True == works()', path: TEST }],
  },
  'python-test-sleep': {
    wrong: [{ code: 'def test_a():\n    time.sleep(2)\n    assert b', lines: [2], path: TEST }],
    right: [{ code: 'def test_a():\n    time.sleep(0)\n    assert b', path: TEST }, 'time.sleep(2)'],
  },
  'python-todo': {
    wrong: [{ code: 'a()\n# TODO handle b', lines: [2] }],
    right: ['# TODO(#4) handle b', 'a = "TODO"'],
  },
  'python-undocumented': {
    wrong: [{ code: `def a():\n${'    b()\n'.repeat(9)}`, lines: [1] }],
    right: [
      `def a():\n    """Does b."""\n${'    b()\n'.repeat(9)}`,
      `def _a():\n${'    b()\n'.repeat(9)}`,
      'def a():\n    b()',
      `def a():\n    """Does b."""\n    def inner():\n${'        b()\n'.repeat(9)}`,
    ],
  },
  'python-wrong-param': {
    wrong: [{ code: 'def a(b):\n    """Does c.\n\n    :param b: the b\n    :param d: gone\n    """', lines: [5] }],
    right: [
      'def a(b, *rest):\n    """Does c.\n\n    :param str b: the b\n    :param rest: the others\n    """',
      'def a(**options):\n    """:param d: passed on"""',
    ],
  },
};

export { SOURCE as PYTHON_SOURCE };
