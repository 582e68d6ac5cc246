import type { RuleCases } from '../cases.ts';

const handler = (line: string): string => `app.get('/', (req, res) => {\n  ${line}\n});`;

export const SCRIPT_SECURITY_CASES: Readonly<Record<string, RuleCases>> = {
  'script-eval': {
    wrong: [
      { code: 'const a = 1;\neval(input);', lines: [2] },
      { code: "const f = new Function('a', body);", lines: [1] },
      { code: "setTimeout('tick()', 10);", lines: [1] },
    ],
    right: [
      'redis.eval(script, 1);',
      'setTimeout(() => tick(), 10);',
      "// eval(input)\nconst a = 'eval(input)';",
      'const a = `no eval(x) here`;',
      'class A {\n  eval(x) {\n    return x;\n  }\n}',
      'function eval(x) {}',
      'medieval(x);',
    ],
  },
  'script-sql': {
    wrong: [
      { code: 'db.query(`SELECT * FROM users WHERE id = ${id}`);', lines: [1] },
      { code: 'const q =\n  "SELECT * FROM users WHERE name = \'" + name + "\'";', lines: [2] },
      { code: "db.run('DELETE FROM users WHERE id = ' + req.params.id);", lines: [1] },
      { code: 'db.query(`INSERT INTO logs VALUES (${message})`);', lines: [1] },
      { code: handler('db.query(`SELECT a FROM b ORDER BY ${req.query.sort}`);'), lines: [2] },
    ],
    right: [
      "db.query('SELECT * FROM users WHERE id = ?', [id]);",
      'db.query(sql`SELECT * FROM users WHERE id = ${id}`);',
      'db.query(`SELECT ${columns} FROM ${table} WHERE id = ?`, [id]);',
      "db.query(`SELECT * FROM a WHERE id IN (${ids.map(() => '?').join(',')})`, ids);",
      'db.query(`SELECT * FROM a LIMIT ${MAX_ROWS}`);',
      'const text = `Please select ${count} items from the list`;',
      "const text = 'SELECT a FROM b' + ' WHERE c = 1';",
    ],
  },
  'script-shell': {
    wrong: [
      { code: "import { exec } from 'node:child_process';\nexec(`git log ${branch}`);", lines: [2] },
      { code: "import cp from 'child_process';\ncp.execSync('rm ' + file);", lines: [2] },
      { code: "import { spawn } from 'child_process';\nspawn(`ls ${dir}`, { shell: true });", lines: [2] },
    ],
    right: [
      "import { exec } from 'node:child_process';\nexec('git status');",
      "import { execFile } from 'node:child_process';\nexecFile('git', ['log', branch]);",
      'const match = /a/.exec(`${text}`);',
      "import { exec } from 'node:child_process';\npattern.exec(`a ${b}`);",
      'exec(`no child process in this file ${a}`);',
    ],
  },
  'script-html': {
    wrong: [
      { code: 'element.innerHTML = message;', lines: [1] },
      { code: "element.innerHTML += '<b>' + name + '</b>';", lines: [1] },
      { code: 'element.insertAdjacentHTML("beforeend", text);', lines: [1] },
      { code: 'const a = <div dangerouslySetInnerHTML={{ __html: html }} />;', lines: [1], path: 'src/a.tsx' },
    ],
    right: [
      "element.innerHTML = '';",
      'element.innerHTML = "<b>fixed</b>";',
      'element.innerHTML = DOMPurify.sanitize(message);',
      'element.textContent = message;',
      'if (element.innerHTML === message) stop();',
    ],
  },
  'script-reflected': {
    wrong: [
      { code: handler('res.send(`<p>${req.query.name}</p>`);'), lines: [2] },
      { code: handler("const name = req.query.name;\n  res.send('<p>' + name + '</p>');"), lines: [3] },
    ],
    right: [
      handler('res.json({ name: req.query.name });'),
      handler('res.send(`<p>${escapeHtml(req.query.name)}</p>`);'),
      handler('res.send(`<p>${title}</p>`);'),
    ],
  },
  'script-path': {
    wrong: [
      { code: handler('readFile(`./files/${req.params.name}`, done);'), lines: [2] },
      { code: handler('const { name } = req.query;\n  fs.createReadStream(path.join(root, name));'), lines: [3] },
    ],
    right: [
      handler('readFile(`./files/${path.basename(req.params.name)}`, done);'),
      handler("res.sendFile(req.params.name, { root: 'public' });"),
      handler("readFile('./fixed.txt', done);"),
      handler('const { name } = req.query;\n  if (!allowed.has(name)) return;\n  readFile(name, done);'),
    ],
  },
  'script-redirect': {
    wrong: [{ code: handler('res.redirect(req.query.next);'), lines: [2] }],
    right: [
      handler("res.redirect('/home');"),
      handler('res.redirect(301, target);'),
      handler('res.redirect(`/users/${req.params.id}`);'),
    ],
  },
  'script-regexp-input': {
    wrong: [{ code: handler('const found = names.filter((name) => new RegExp(req.query.q).test(name));'), lines: [2] }],
    right: [handler('const found = new RegExp(escapeRegExp(req.query.q));'), 'const a = new RegExp(pattern);'],
  },
  'script-secret': {
    wrong: [
      { code: "const key = '[redacted key]';", lines: [1] },
      { code: "const url =\n  'postgres://shop:[redacted password]@db/shop';", lines: [2] },
    ],
    right: [
      "const note = 'Text such as [redacted key] stands for a secret';",
      'const key = process.env.API_KEY;',
      "// const key = '[redacted key]'",
    ],
  },
  'script-random': {
    wrong: [
      { code: 'const token = Math.random().toString(36);', lines: [1] },
      { code: 'function createSessionId() {\n  return Math.random();\n}', lines: [2] },
      { code: 'user.resetToken = String(Math.random());', lines: [1] },
    ],
    right: [
      'const delay = Math.random() * 100;',
      "const token = randomBytes(16).toString('hex');",
      'shuffle(() => Math.random());',
    ],
  },
  'script-weak-hash': {
    wrong: [
      { code: "const h = createHash('md5').update(data).digest('hex');", lines: [1] },
      { code: "function hashPassword(p) {\n  return crypto.createHash('sha1').update(p).digest();\n}", lines: [2] },
    ],
    right: [
      "createHash('sha256').update(data);",
      "const etag = createHash('sha1').update(body).digest('base64');",
      'createHash(algorithm).update(data);',
    ],
  },
  'script-tls': {
    wrong: [
      { code: 'const agent = new Agent({ rejectUnauthorized: false });', lines: [1] },
      { code: "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';", lines: [1] },
    ],
    right: [
      'const agent = new Agent({ rejectUnauthorized: true });',
      "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '1';",
    ],
  },
  'script-redos': {
    wrong: [
      { code: 'const a = /^(\\w+)+$/;', lines: [1] },
      { code: 'const a = /([a-z]*)*x/;', lines: [1] },
    ],
    right: ['const a = /^(\\w+\\s)+$/;', 'const a = /(\\w+)/;', 'const a = /(ab)+c/;', "const a = '(a+)+$';"],
  },
  'script-jwt-none': {
    wrong: [{ code: "jwt.verify(token, key, { algorithms: ['none'] });", lines: [1] }],
    right: ["jwt.verify(token, key, { algorithms: ['RS256'] });"],
  },
};
