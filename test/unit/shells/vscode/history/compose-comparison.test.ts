import assert from 'node:assert/strict';
import type { AnswerComparison, ComparedCall } from '../../../../../src/core/history/compare-answers.ts';
import { composeComparison } from '../../../../../src/shells/vscode/history/compose-comparison.ts';

const CALL: ComparedCall = {
  ...{ conversation: 3, runId: 'r1', model: 'xai/grok-4', account: 'one', status: 'completed' },
  ...{ inputTokens: 1000, outputTokens: 234, tokens: 1234, costUSD: 0.0123, latencyMs: 900, attempts: 1 },
  ...{ characters: 12_345, answer: 'a' },
};
const compose = (changes: Partial<AnswerComparison> = {}, again: Partial<ComparedCall> = {}) =>
  composeComparison({
    original: CALL,
    again: { ...CALL, conversation: 8, ...again },
    sameRequest: true,
    diff: '',
    ...changes,
  });
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('composeComparison', () => {
  it('sets the figures of both calls side by side, and says what is not known', () => {
    const text = compose({}, { costUSD: null, latencyMs: null, attempts: 2 });
    const rows = rowsOf(text);
    assert.deepEqual(rows[0], ['', 'Conversation 3', 'Conversation 8']);
    const row = (name: string) => rows.find(([first]) => first === name)?.slice(1);
    assert.deepEqual(row('Tokens'), ['1.2k', '1.2k']);
    assert.deepEqual(row('Cost'), ['$0.012', 'unknown']);
    assert.deepEqual(row('Latency'), ['900 ms', 'unknown']);
    assert.deepEqual(row('Attempts'), ['1', '2']);
    assert.deepEqual(row('Characters'), ['12,345', '12,345']);
    const widths = new Set(
      text
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) => line.length),
    );
    assert.equal(widths.size, 1, 'the columns are aligned, to be read as text');
  });

  it('keeps the table whole whatever a model or an account is called', () => {
    const rows = rowsOf(compose({}, { model: 'a|b\nc', account: '| --- |' }));
    assert.ok(rows.every((row) => row.length === 3));
    assert.deepEqual(rows.find(([name]) => name === 'Model')?.[2], 'a\\|b c');
  });

  it('says that the answers are equal, what differs, or that it cannot be listed', () => {
    assert.match(compose(), /## Difference\n\n_The answers are equal\._\n$/);
    assert.match(compose({ diff: '-a\n+```\n' }), /\n`{4}diff\n-a\n\+```\n+`{4}\n$/);
    assert.match(compose({ diff: null }), /_The answers are too long and too different for a list of changes\._\n$/);
  });

  it('warns where they were not asked the same', () => {
    assert.match(compose({ sameRequest: false }), /\n> They were not asked the same\.\n/);
    assert.doesNotMatch(compose(), /not asked the same/);
  });
});
