import assert from 'node:assert/strict';
import type { RunResult, TaskResult } from '../../../../../src/core/results.ts';
import { evidenceDocument, findingBody } from '../../../../../src/shells/vscode/review/finding-text.ts';
import { finding } from './sample-findings.ts';

const HOSTILE = '![x](https://evil.example/a.png) <img src="https://evil.example/b.png">';

const task = (change: Partial<TaskResult>) =>
  ({
    agent: 'security-auditor',
    status: 'completed',
    attempts: [{ account: 'work', model: 'xai/grok-4' }],
    tokens: { input: 900, output: 100, cached: 0, reasoning: 0, estimated: false },
    costUSD: 0.01,
    output: null,
    ...change,
  }) as unknown as TaskResult;

const reported = (change: object = {}) => ({
  findings: [
    {
      ...{ file: 'a.ts', quote: 'bad( );', line: 1, severity: 'medium', category: 'security', replacement: null },
      ...{ title: 'In my words', explanation: 'Because I say so.', suggestion: '', confidence: 0.5 },
      ...change,
    },
  ],
});

describe('the text of a finding', () => {
  it('says why, what to do and how sure', () => {
    const edit = { baseHash: 'x', changes: [{ startLine: 1, endLine: 1, newText: 'good();' }] };
    const body = findingBody(finding({ edit, outsideChange: true }), 'typescript');
    assert.match(body, /^It breaks\.\n\n\*\*Suggestion:\*\* Mend it\.\n\n```typescript\ngood\(\);\n```/);
    assert.match(body, /_outside the change · confidence 80 %_$/);
  });

  it('shows the evidence: the code, the change, who reported it, on which model and in which words', () => {
    const edit = { baseHash: 'x', changes: [{ startLine: 1, endLine: 1, newText: '  good();' }] };
    const tasks = [
      task({ output: reported() }),
      task({ output: reported({ quote: 'something else' }) }),
      task({ agent: 'docs-architect', output: reported({ title: 'Not a reporter' }) }),
      task({ output: 'a summary' }),
      task({ status: 'failed' }),
    ];
    const text = evidenceDocument(finding({ edit }), { tasks } as unknown as RunResult, 'typescript');
    assert.match(text, /^# This is bad\n\n`a\.ts:1` · high · security · confidence 80 %/);
    assert.match(text, /```diff\n- {3}bad\(\);\n\+ {3}good\(\);\n```/);
    assert.equal(text.match(/^### /gm)?.length, 1);
    assert.match(text, /### security-auditor\n\naccount work · xai\/grok-4 · /);
    assert.match(text, /> In my words \(medium, 50 %\)\n>\n> Because I say so\./);
    assert.doesNotMatch(text, /Not a reporter/);
  });

  it('says so when the answers are gone', () => {
    assert.match(evidenceDocument(finding(), null, 'typescript'), /no longer kept/);
  });

  it('renders no image or HTML that a model wrote', () => {
    const hostile = finding({ title: HOSTILE, explanation: HOSTILE, suggestion: HOSTILE });
    const tasks = [task({ output: reported({ title: HOSTILE }) })];
    for (const text of [
      findingBody(hostile, 'ts'),
      evidenceDocument(hostile, { tasks } as unknown as RunResult, 'ts'),
    ]) {
      assert.doesNotMatch(text, /!\[|(?<!\\)<img/);
    }
  });
});
