import assert from 'node:assert/strict';
import type { Json } from '../../../../src/core/json.ts';
import type { TaskResult } from '../../../../src/core/results.ts';
import { concludeReview } from '../../../../src/core/review/conclude-review.ts';
import type { Gathered } from '../../../../src/core/review/gathered.ts';
import { reportOf } from '../../../../src/core/review/gathered.ts';
import { planReview } from '../../../../src/core/review/plan-review.ts';
import { completed, ended, gathered, NO_BUDGET, reported, source } from './samples.ts';

const FILES = gathered(source('a.ts', 'start();\neval(input);\n'), source('b.go', 'run()\n', { languageId: 'go' }));

/** Concludes a quick review; `outputs` are those of its tasks, a string is the error of a failed one, null is not done. */
function conclude(outputs: Readonly<Record<string, Json>>, input: Gathered = FILES, model = 'xai/grok-4') {
  const specs = planReview(input, { depth: 'quick', call: NO_BUDGET });
  const tasks = specs.map((spec): TaskResult => {
    const output = outputs[spec.id] ?? null;
    if (output === null) return ended(spec);
    if (typeof output === 'string' && spec.id !== 'summary')
      return ended(spec, { status: 'failed', error: { code: 'task-failed', message: output, hint: null } });
    return completed(spec, output, model);
  });
  return concludeReview({ tasks, specs, gathered: reportOf(input), llm: !model.startsWith('offline/') });
}

const nothing = { findings: [] };
const clean = { 'correctness-1': nothing, 'security-1': nothing, summary: 'All fine.' };

describe('concludeReview', () => {
  it('is complete when every lens has answered for every file', () => {
    const { coverage, findings, markdown } = conclude({ ...clean, 'security-1': { findings: [reported()] } });
    assert.deepEqual(coverage, { reviewed: ['a.ts', 'b.go'], skipped: [], truncated: [], failed: [], complete: true });
    assert.deepEqual(
      findings.map(({ file, startLine, reporters }) => [file, startLine, reporters]),
      [['a.ts', 2, ['security-auditor']]],
    );
    assert.match(markdown, /^# Code review\n\n\*\*1 finding \(1 high\) in 2 files\.\*\*/);
    assert.match(markdown, /`a\.ts:2` · security/);
    assert.match(markdown, /```typescript\neval\(input\);\n```/);
    assert.ok(markdown.indexOf('## Coverage') > markdown.indexOf('## High'));
    assert.ok(!markdown.includes('No language model'));
  });

  it('says that a file was not reviewed when one lens failed, first and with the reason', () => {
    const { coverage, markdown } = conclude({ ...clean, 'security-1': 'The key was refused.' });
    assert.deepEqual(coverage.reviewed, []);
    assert.deepEqual(
      coverage.failed.map(({ path, reason }) => [path, reason]),
      [
        ['a.ts', 'security: The key was refused.'],
        ['b.go', 'security: The key was refused.'],
      ],
    );
    assert.equal(coverage.complete, false);
    assert.match(markdown, /incomplete/);
    assert.ok(markdown.indexOf('## Coverage') < markdown.indexOf('## Summary'));
    assert.doesNotMatch(markdown, /\*\*No findings in/);
  });

  it('works when only some tasks have ended, also with none', () => {
    const half = conclude({ 'security-1': { findings: [reported()] } });
    assert.equal(half.findings.length, 1);
    assert.equal(half.coverage.complete, false);
    assert.match(half.coverage.failed[0]?.reason ?? '', /correctness: not finished/);
    assert.match(half.markdown, /There is no summary/);
    const none = conclude({});
    assert.deepEqual(none.findings, []);
    assert.equal(none.coverage.failed.length, 2);
  });

  it('accounts for every gathered file exactly once', () => {
    const input: Gathered = {
      ...FILES,
      skipped: [{ path: 'x.png', reason: 'binary' }],
      truncated: [{ path: 'big/', reason: 'did not fit' }],
      failed: [{ path: 'c.ts', reason: 'cannot be read' }],
    };
    const { coverage, markdown } = conclude(clean, input);
    const { reviewed, skipped, truncated, failed } = coverage;
    const all = [...reviewed, ...[...skipped, ...truncated, ...failed].map(({ path }) => path)];
    assert.deepEqual(all.sort(), ['a.ts', 'b.go', 'big/', 'c.ts', 'x.png']);
    assert.equal(coverage.complete, false);
    for (const path of all) assert.ok(markdown.includes(path));
    assert.match(markdown, /2 paths not or not wholly reviewed/);
  });

  it('does not let the built-in rules claim languages that they do not know', () => {
    const { coverage, markdown } = conclude(clean, FILES, 'offline/rules');
    assert.deepEqual(coverage.reviewed, ['a.ts']);
    assert.deepEqual(
      coverage.skipped.map(({ path }) => path),
      ['b.go'],
    );
    assert.equal(coverage.complete, true);
    assert.match(markdown, /No language model was used/);
    const only = conclude(clean, gathered(source('b.go', 'run()', { languageId: 'go' })), 'offline/rules');
    assert.equal(only.coverage.complete, false);
    assert.match(only.markdown, /Nothing was reviewed/);
  });

  it('lists what was dismissed earlier apart, with the reason', () => {
    const found = { ...clean, 'security-1': { findings: [reported()] } };
    const [finding] = conclude(found).findings;
    const specs = planReview(FILES, {
      depth: 'quick',
      call: NO_BUDGET,
      dismissals: [
        { fingerprint: finding?.fingerprint ?? '', reason: 'intended', note: 'it is *a* REPL', at: '2026-01-01' },
      ],
    });
    const tasks = specs.map((spec) => completed(spec, found[spec.id as keyof typeof found]));
    const { findings, dismissed, markdown } = concludeReview({ tasks, specs, gathered: reportOf(FILES), llm: true });
    assert.deepEqual(findings, []);
    assert.equal(dismissed[0]?.finding.fingerprint, finding?.fingerprint);
    assert.match(markdown, /No findings in 2 files/);
    assert.match(markdown, /## Dismissed earlier \(1\)\n\n- `a\.ts:2` .*intended: it is \*a\* REPL/);
  });

  it('says how many findings are about lines that have not changed', () => {
    const input = gathered(source('a.ts', 'start();\neval(input);\n', { changed: [{ first: 1, last: 1 }] }));
    const { markdown } = conclude({ ...clean, 'security-1': { findings: [reported({ severity: 'low' })] } }, input);
    assert.match(markdown, /1 finding of medium or lower severity left out: about lines that have not changed\./);
  });

  it('tells how many findings were dropped', () => {
    const made = { findings: [reported({ quote: 'made.up();' })] };
    assert.match(conclude({ ...clean, 'security-1': made }).markdown, /1 reported finding left out/);
  });

  it('shows what models wrote without letting it load anything or leave its place', () => {
    const finding = reported({
      title: 'Look ![x](https://evil.example/a.png)\n# Forged',
      explanation: 'See <img src="https://evil.example/b.png"> and `<b>` in code.',
    });
    const { markdown } = conclude({
      ...clean,
      'security-1': { findings: [finding] },
      summary: '# Big\n![s](https://evil.example/c.png)',
    });
    assert.doesNotMatch(markdown, /(?<!\\)!\[|!\[(?!\\)/);
    assert.doesNotMatch(markdown, /(?<!\\)<img/);
    assert.match(markdown, /`<b>`/);
    assert.equal(markdown.match(/^# /gm)?.length, 1);
    assert.match(markdown, /^### Big$/m);
  });

  it('fences quotes that hold fences', () => {
    const input = gathered(source('a.ts', 'const a = `\n```\ncode\n```\n`;\n'));
    const { markdown } = conclude(
      { ...clean, 'security-1': { findings: [reported({ quote: '```\ncode\n```', line: 2 })] } },
      input,
    );
    assert.match(markdown, /````typescript\n```\ncode\n```\n````/);
  });
});
