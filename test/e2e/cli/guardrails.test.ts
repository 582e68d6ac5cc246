import assert from 'node:assert/strict';
import { runResultSchema } from '../../../src/protocol/run-result.ts';
import { startOpenAiServer } from '../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../../support/scripted-server.ts';
import { markOf, openAiAccount, PRICES, planOf, wanted } from './model-answers.ts';
import { Sandbox } from './sandbox.ts';

const ENV = { KEY: 'sk-first-0123456789abcdef' };

/** Two parts: the first leaves a mark of unfinished work until it is told, the second names what is forbidden. */
function careless(request: SeenRequest): Reply {
  if (wanted(request) === 'plan') return { type: 'answer', text: planOf(2) };
  const isRepair = request.rawBody.includes('Your answer cannot be used');
  switch (markOf(request)) {
    case 'MARK-1':
      return { type: 'answer', text: isRepair ? 'It is done.' : 'TODO: do it.' };
    case 'MARK-2':
      return { type: 'answer', text: 'Change infra/main.tf.' };
    default:
      return { type: 'answer', text: 'All together.' };
  }
}

describe('cli: guardrails of the configuration', () => {
  let sandbox: Sandbox;
  let server: ScriptedServer;
  before(async () => {
    sandbox = new Sandbox();
    server = await startOpenAiServer(careless);
  });
  after(async () => {
    sandbox.remove();
    await server.close();
    assert.deepEqual(server.unscripted, []);
  });
  const configure = (guardrails: unknown) =>
    sandbox.configure({ accounts: [openAiAccount('one', server.origin, 'KEY')], prices: PRICES, guardrails });

  it('have one answer repaired and refuse another; a repository adds to them, and a replay agrees', async () => {
    configure({ generalist: { output: { mustNotMatch: ['TODO'] } } });
    const added = { output: { forbiddenPaths: ['infra/'], actions: { forbiddenPaths: 'refuse' } } };
    sandbox.write({ 'ensemble.config.json': JSON.stringify({ guardrails: { generalist: added } }) });
    const { document, stderr } = await sandbox.json(['run', 'Do both.'], { env: ENV });
    const result = runResultSchema.parse(document);
    assert.equal(result.status, 'partial', stderr);
    const part = (id: string) => result.tasks.find((task) => task.id === id) ?? assert.fail(id);
    assert.equal(part('part-1').output, 'It is done.');
    assert.deepEqual(part('part-1').notices, ['Guardrail of generalist, answer (to repair): It may not match /TODO/.']);
    assert.equal(part('part-2').status, 'failed');
    assert.equal(part('part-2').attempts.length, 1, 'refused is not asked again');
    assert.match(part('part-2').error?.message ?? '', /is refused by its guardrails: It may not name infra\//);
    const shown = await sandbox.json(['runs', 'show', result.runId, '--quiet'], { env: ENV });
    const kept = shown.document.item.tasks.find(({ taskId }: { taskId: string }) => taskId === 'part-1');
    assert.deepEqual(kept.notices, part('part-1').notices, 'kept with the task');

    // The run keeps the guardrails that it began with.
    configure({});
    const replayed = await sandbox.run(['runs', 'replay', result.runId, '--quiet'], { env: ENV });
    assert.equal(replayed.code, 0, replayed.stderr);
  });

  it('that are wrong stop the command before anything is sent, and say where', async () => {
    const sent = server.requests.length;
    configure({ coder: { output: { mustMatch: ['('] } } });
    const { code, stderr } = await sandbox.run(['run', 'Do both.'], { env: ENV });
    assert.equal(code, 2);
    assert.match(stderr, /guardrails\.coder\.output\.mustMatch\[0\]: is no regular expression/);
    assert.equal(server.requests.length, sent);
  });
});
