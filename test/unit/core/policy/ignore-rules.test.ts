import assert from 'node:assert/strict';
import { IgnoreRules } from '../../../../src/core/policy/ignore-rules.ts';

function rules(files: Readonly<Record<string, string>>): IgnoreRules {
  const result = new IgnoreRules();
  for (const [path, text] of Object.entries(files)) {
    const name = path.endsWith('.ensembleignore') ? '.ensembleignore' : '.gitignore';
    result.add(path.slice(0, -name.length).replace(/\/$/, ''), text, name);
  }
  return result;
}

describe('IgnoreRules', () => {
  it('ignores nothing without files', () => {
    assert.equal(rules({}).ignores('a/b.ts', false), false);
    assert.equal(rules({ '.gitignore': '*' }).ignores('', true), false);
  });

  it('reads comments, blank lines, CRLF and a byte order mark', () => {
    const ignored = rules({ '.gitignore': '\uFEFF# comment\r\n\r\n*.log\r\nbuild/\r\n' });
    assert.equal(ignored.ignores('x/y.log', false), true);
    assert.equal(ignored.ignores('build', true), true);
    assert.equal(ignored.ignores('build', false), false);
    assert.equal(ignored.ignores('x/build/out.js', false), true);
    assert.equal(ignored.ignores('# comment', false), false);
  });

  it("holds a deeper file's patterns below its own directory only", () => {
    const ignored = rules({ 'pkg/.gitignore': '/dist\ntemp.txt\nsub/*.gen.ts' });
    assert.equal(ignored.ignores('pkg/dist/a.js', false), true);
    assert.equal(ignored.ignores('pkg/x/dist/a.js', false), false);
    assert.equal(ignored.ignores('dist/a.js', false), false);
    assert.equal(ignored.ignores('pkg/a/b/temp.txt', false), true);
    assert.equal(ignored.ignores('temp.txt', false), false);
    assert.equal(ignored.ignores('pkg/sub/a.gen.ts', false), true);
    assert.equal(ignored.ignores('pkg/x/sub/a.gen.ts', false), false);
  });

  it('lets deeper files override shallower ones', () => {
    const ignored = rules({ '.gitignore': '*.log\nout', 'keep/.gitignore': '!*.log\n!out' });
    assert.equal(ignored.ignores('a.log', false), true);
    assert.equal(ignored.ignores('keep/a.log', false), false);
    assert.equal(ignored.ignores('keep/x/a.log', false), false);
    assert.equal(ignored.ignores('keep/out/deep/file.ts', false), false);
    assert.equal(ignored.ignores('other/out/deep/file.ts', false), true);
  });

  it('re-includes nothing below an ignored directory', () => {
    const ignored = rules({ '.gitignore': 'secret/', 'secret/.gitignore': '!*' });
    assert.equal(ignored.ignores('secret/a.ts', false), true);
  });

  it('does not depend on the order in which files are added', () => {
    const ignored = new IgnoreRules();
    ignored.add('a', '!x.log');
    assert.equal(ignored.ignores('a/x.log', false), false);
    ignored.add('', '*.log');
    assert.equal(ignored.ignores('a/x.log', false), false);
    assert.equal(ignored.ignores('b/x.log', false), true);
  });

  it('lets .ensembleignore tighten .gitignore and never loosen it', () => {
    const ignored = rules({ '.gitignore': '*.log', '.ensembleignore': 'private/\n!*.log\n*.csv\n!public.csv' });
    assert.equal(ignored.ignores('private/a.ts', false), true);
    assert.equal(ignored.ignores('a.log', false), true);
    assert.equal(ignored.ignores('a.csv', false), true);
    assert.equal(ignored.ignores('public.csv', false), false);
  });

  it('takes directory names literally', () => {
    const ignored = rules({ '[x]*/.gitignore': 'gen\n!keep\n\\#file' });
    assert.equal(ignored.ignores('[x]*/gen', false), true);
    assert.equal(ignored.ignores('[x]*/#file', false), true);
    assert.equal(ignored.ignores('xa/gen', false), false);
  });

  it('stays fast, and ignores more rather than less, for a pattern made to be slow', () => {
    const deep = `${'a/'.repeat(40)}b`;
    assert.equal(rules({ '.gitignore': `${'a/**/'.repeat(12)}z` }).ignores(deep, false), true);
    assert.equal(rules({ '.gitignore': `b\n!${'a/**/'.repeat(12)}b` }).ignores(deep, false), true);
  });

  it('ignores case and counts paths that lead outside as ignored', () => {
    assert.equal(rules({ '.ensembleignore': 'Private/' }).ignores('private/a.ts', false), true);
    for (const path of ['../a', '/etc/passwd', './a']) assert.equal(rules({}).ignores(path, false), true);
  });
});
