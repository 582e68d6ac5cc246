import assert from 'node:assert/strict';
import type { CliHost } from '../../../../src/shells/cli/host.ts';
import { reportError } from '../../../../src/shells/cli/report-error.ts';

function reported(json: boolean): string {
  let written = '';
  const stream = { isTTY: false, write: (text: string) => (written += text) };
  const host = { stdout: stream, stderr: stream, env: {} } as unknown as CliHost;
  const difference = { part: 'message 2 (user)', line: 14, before: 'Do \u001b[31mb', now: 'x'.repeat(500) };
  reportError(
    host,
    { json, color: false },
    { code: 'replay-diverged', message: 'It differs.', hint: 'Why.', difference },
  );
  return written;
}

describe('an error with a difference', () => {
  it('is told with both lines, without control characters and not too long', () => {
    const lines = reported(false).trimEnd().split('\n');
    assert.deepEqual(lines.slice(0, 3), ['error: It differs.', '  Why.', '  message 2 (user), line 14:']);
    assert.match(lines[3] ?? '', /^ {2}- Do .*b$/);
    assert.ok(!(lines[3] ?? '').includes('\u001b'));
    assert.match(lines[4] ?? '', /^ {2}\+ x{199}…$/);
  });

  it('is a part of the JSON document', () => {
    assert.equal(JSON.parse(reported(true)).error.difference.line, 14);
  });
});
