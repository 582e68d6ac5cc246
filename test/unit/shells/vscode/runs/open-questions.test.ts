import assert from 'node:assert/strict';
import type { Ensemble } from '../../../../../src/core/ensemble.ts';
import type { OpenApproval } from '../../../../../src/core/policy/approval.ts';
import { OpenQuestions } from '../../../../../src/shells/vscode/runs/open-questions.ts';

function question(runId: string, taskId: string): OpenApproval {
  const asked = { title: 'Run the tests?', details: ['Command: npm test'], askedAt: '2026-01-01T00:00:00.000Z' };
  return { runId, instanceId: taskId, taskId, attempt: 1, key: 'k', actionHash: 'hash', ...asked };
}

/** Questions over reads that the test answers. */
function openQuestions() {
  const reads: ((open: readonly OpenApproval[]) => void)[] = [];
  const changes: string[][] = [];
  const open = () => new Promise<readonly OpenApproval[]>((resolve) => reads.push(resolve));
  const ensemble = { approvals: { open } } as unknown as Ensemble;
  const questions = new OpenQuestions({ openExisting: async () => ensemble }, (elements) => changes.push(elements));
  return { questions, reads, changes };
}

describe('open questions', () => {
  it('tells which rows ask something now, and which no longer do', async () => {
    const { questions, reads, changes } = openQuestions();
    const read = async (...open: OpenApproval[]) => {
      const done = questions.refresh();
      await Promise.resolve();
      reads.at(-1)?.(open);
      await done;
    };
    await read(question('r', 'a'), question('r', 'b'));
    assert.deepEqual(changes, [['r', 'r/a', 'r/b']]);
    assert.equal(questions.of('r', 'b')?.taskId, 'b');
    assert.equal(questions.of('other', 'b'), null);
    assert.equal(questions.ofRun('r').length, 2);
    await read(question('r', 'b'), question('r', 'a'));
    assert.equal(changes.length, 1, 'the same ones in another order are no news');
    await read(question('r', 'b'));
    assert.deepEqual(changes[1], ['r', 'r/a']);
  });

  it('is not taken back by a read that began earlier and ended later', async () => {
    const { questions, reads } = openQuestions();
    const first = questions.refresh();
    const second = questions.refresh();
    await Promise.resolve();
    reads[1]?.([]);
    await second;
    reads[0]?.([question('r', 'a')]);
    await first;
    assert.deepEqual(questions.list(), []);
  });

  it('knows of none before there is a database', async () => {
    const questions = new OpenQuestions({ openExisting: async () => null }, () => assert.fail('nothing changed'));
    await questions.refresh();
    assert.deepEqual(questions.list(), []);
  });
});
