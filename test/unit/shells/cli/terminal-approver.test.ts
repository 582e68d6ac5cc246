import assert from 'node:assert/strict';
import type { ApprovalQuestion } from '../../../../src/core/ports.ts';
import { createProgress } from '../../../../src/shells/cli/progress/progress.ts';
import { TerminalApprover } from '../../../../src/shells/cli/terminal-approver.ts';
import { FakeHost } from './fake-host.ts';

const SEND: ApprovalQuestion = {
  kind: 'send',
  title: 'Send code?',
  details: ['Account grok-1 at api.x.ai', 'Cost\u001b[2J at most $0.10'],
  actionHash: 'h',
};
const FACTS = 'Send code?\n  Account grok-1 at api.x.ai\n  Cost at most $0.10\n';

function approver(host: FakeHost, { yes = false, quiet = false } = {}) {
  return new TerminalApprover({ host, progress: createProgress(host, 'quiet'), yes, quiet });
}

const NEVER = new AbortController().signal;

describe('TerminalApprover', () => {
  it('shows the facts and goes on where nobody can answer: the invocation authorised sending', async () => {
    const host = new FakeHost();
    assert.equal(await approver(host).ask(SEND, NEVER), true);
    assert.equal(host.stderr.text, FACTS);
  });

  it('does not decide anything else on its own', async () => {
    const host = new FakeHost();
    assert.equal(await approver(host).ask({ ...SEND, kind: 'budget' }, NEVER), false);
    assert.equal(await approver(host, { yes: true }).ask({ ...SEND, kind: 'budget' }, NEVER), true);
  });

  it('agrees to what a command itself is about to do only where a person does, or --yes', async () => {
    const host = new FakeHost();
    assert.equal(await approver(host).confirm(SEND, NEVER), false);
    assert.equal(host.stderr.text, FACTS);
    assert.equal(await approver(host, { yes: true }).confirm(SEND, NEVER), true);
    const typed = new FakeHost({ tty: true });
    typed.stdin.write('y\n');
    assert.equal(await approver(typed).confirm(SEND, NEVER), true);
  });

  it('is silent with --quiet where it does not ask', async () => {
    const host = new FakeHost();
    assert.equal(await approver(host, { quiet: true }).ask(SEND, NEVER), true);
    assert.equal(host.stderr.text, '');
  });

  for (const [typed, answer] of [
    ['y\n', true],
    [' YES \n', true],
    ['n\n', false],
    ['\n', false],
    ['yep\n', false],
  ] as const) {
    it(`takes ${JSON.stringify(typed)} for ${answer} on a terminal`, async () => {
      const host = new FakeHost({ tty: true });
      host.stdin.write(typed);
      assert.equal(await approver(host, { quiet: true }).ask(SEND, NEVER), answer);
      assert.equal(host.stderr.text, `${FACTS}Go on? [y/N] `);
    });
  }

  it('takes the end of the input for no', async () => {
    const host = new FakeHost({ tty: true });
    host.stdin.end();
    assert.equal(await approver(host).ask(SEND, NEVER), false);
  });

  it('asks nothing with --yes', async () => {
    const host = new FakeHost({ tty: true });
    assert.equal(await approver(host, { yes: true }).ask(SEND, NEVER), true);
    assert.equal(host.stderr.text, FACTS);
  });

  it('gives up when the command is cancelled', async () => {
    const host = new FakeHost({ tty: true });
    const controller = new AbortController();
    const answer = approver(host).ask(SEND, controller.signal);
    controller.abort(new Error('stop'));
    await assert.rejects(answer, /stop/);
  });

  const DURING = {
    runId: 'R',
    instanceId: 'tests',
    taskId: 'tests',
    attempt: 1,
    key: 'k',
    actionHash: 'h',
    title: 'Run npm test\u001b[2J',
    details: ['in /work'],
    askedAt: '2026-01-01T00:00:00.000Z',
  };

  for (const [typed, answer] of [
    ['y\n', true],
    ['no\n', false],
    ['\n', null],
    ['what?\n', null],
  ] as const) {
    it(`takes ${JSON.stringify(typed)} for ${answer} where a task of a run asks`, async () => {
      const host = new FakeHost({ tty: true });
      host.stdin.write(typed);
      assert.equal(await approver(host).askDuring(DURING, NEVER), answer);
      assert.equal(host.stderr.text, 'tests asks: Run npm test\n  in /work\nAllow it? [y/n, anything else: later] ');
    });
  }

  it('leaves questions of a run open where nobody is, unless all was allowed', async () => {
    const host = new FakeHost();
    assert.equal(await approver(host).askDuring(DURING, NEVER), null);
    assert.equal(await approver(host, { yes: true }).askDuring(DURING, NEVER), true);
    assert.equal(host.stderr.text, '');
  });

  it('asks one question after the other', async () => {
    const host = new FakeHost({ tty: true });
    const ask = approver(host);
    const answers = Promise.all([ask.askDuring(DURING, NEVER), ask.askDuring({ ...DURING, taskId: 'other' }, NEVER)]);
    host.stdin.write('n\n');
    while (!host.stderr.text.includes('other asks')) await new Promise(setImmediate);
    host.stdin.write('y\n');
    assert.deepEqual(await answers, [false, true]);
  });
});
