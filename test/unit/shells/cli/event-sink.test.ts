import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EnsembleEvent } from '../../../../src/core/events.ts';
import { openEventSink } from '../../../../src/shells/cli/event-sink.ts';
import { FakeHost } from './fake-host.ts';

const notice = (seq: number): EnsembleEvent => ({
  schema: 1,
  runId: 'r',
  seq,
  at: '2026-01-31T12:00:00.000Z',
  type: 'notice',
  message: 'n\u009b',
});

describe('openEventSink', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ensemble-events-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes one line per event at once, and replaces what was there', () => {
    for (const round of [1, 2]) {
      const sink = openEventSink('events.ndjson', new FakeHost({ cwd: folder }));
      sink.write(notice(round));
      sink.write(notice(round + 10));
      const lines = readFileSync(path.join(folder, 'events.ndjson'), 'utf8').trimEnd().split('\n');
      assert.deepEqual(
        lines.map((line) => JSON.parse(line)),
        [notice(round), notice(round + 10)],
      );
      sink.close();
    }
  });

  it('writes to standard output for -', () => {
    const host = new FakeHost();
    openEventSink('-', host).write(notice(1));
    assert.equal(host.stdout.text, `${JSON.stringify(notice(1)).replace('\u009b', '\\u009b')}\n`);
  });

  it('refuses a folder and a missing folder, saying what to do', () => {
    mkdirSync(path.join(folder, 'taken'));
    const host = new FakeHost({ cwd: folder });
    for (const target of ['taken', 'missing/file']) {
      assert.throws(() => openEventSink(target, host), { code: 'invalid-input', hint: /Name a file/ });
    }
  });

  it('does nothing without a target', () => {
    const host = new FakeHost();
    const sink = openEventSink(null, host);
    sink.write(notice(1));
    sink.close();
    assert.equal(host.stdout.text, '');
  });
});
