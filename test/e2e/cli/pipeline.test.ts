import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runResultSchema } from '../../../src/protocol/run-result.ts';
import { CODE, implementation, MENDED, quality, TESTS, teamAnswers } from '../../support/pipeline-answers.ts';
import { ScriptedCollector } from '../../support/scripted-collector.ts';
import { startOpenAiServer } from '../../support/scripted-openai-server.ts';
import type { ScriptedServer } from '../../support/scripted-server.ts';
import { openAiAccount, PRICES } from './model-answers.ts';
import { Sandbox } from './sandbox.ts';

const REQUIREMENT = 'Count the words of a text.';
const KEY = 'sk-canary-one-0123456789';
const TOKEN = 'tracing-canary-token-0123456789';

describe('cli: pipeline', () => {
  let sandbox: Sandbox;
  let server: ScriptedServer;
  let collector: ScriptedCollector;
  beforeEach(async () => {
    sandbox = new Sandbox();
    sandbox.write({ 'README.md': '# Words\n' });
    const answers = teamAnswers({
      implementation: [implementation(), implementation(MENDED)],
      quality: [quality('rework'), quality('pass')],
    });
    server = await startOpenAiServer(({ rawBody }) => ({ type: 'answer', text: answers(rawBody) }));
    collector = await ScriptedCollector.start();
    sandbox.configure({
      accounts: [openAiAccount('one', server.origin, 'KEY_ONE')],
      prices: PRICES,
      tracing: {
        destinations: [
          { type: 'otlp', endpoint: `${collector.url}/v1/traces`, headersEnv: { 'x-token': 'TRACE_TOKEN' } },
          { type: 'jsonl', file: 'traces/spans.jsonl' },
        ],
      },
    });
  });
  afterEach(async () => {
    assert.deepEqual(server.unscripted, []);
    await server.close();
    await collector.stop();
    sandbox.remove();
  });

  const env = { KEY_ONE: KEY, TRACE_TOKEN: TOKEN };
  const inWorkspace = (file: string) => path.join(sandbox.workspace, file);

  it('takes a requirement to files that were checked, traces every call, and reports on the four', async () => {
    const args = ['pipeline', REQUIREMENT, '--write', '--yes'];
    const { code, document, stderr } = await sandbox.json(args, { env });
    assert.equal(code, 0, stderr);
    const result = runResultSchema.parse(document);
    assert.deepEqual([result.kind, result.workflow, result.status], ['pipeline', 'sop', 'completed']);
    assert.deepEqual(
      Object.entries(result.pipeline ?? {}).filter(([, value]) => value === null),
      [],
    );
    assert.equal(Object.keys(result.pipeline ?? {}).length, 10);
    assert.equal(readFileSync(inWorkspace('src/words.js'), 'utf8'), MENDED);
    assert.equal(readFileSync(inWorkspace('src/words.test.js'), 'utf8'), TESTS);
    assert.match(stderr, /Wrote src\/words\.js/);

    // The server's own count is what the spans are held against.
    const { spans } = collector;
    assert.equal(server.requests.length, 6);
    const calls = spans.filter(({ name }) => name.startsWith('chat '));
    assert.equal(calls.length, server.requests.length);
    assert.deepEqual(new Set(spans.map(({ traceId }) => traceId)).size, 1);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    assert.equal(ids.size, spans.length);
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId));
    assert.deepEqual(
      roots.map(({ name }) => name),
      ['invoke_workflow sop'],
    );
    assert.ok(collector.requests.every(({ headers }) => headers['x-token'] === TOKEN));

    const file = readFileSync(path.join(sandbox.home, 'traces/spans.jsonl'), 'utf8');
    assert.equal(file.trim().split('\n').length, spans.length);
    for (const text of [file, ...collector.requests.map((request) => request.text)]) {
      assert.ok(!text.includes(KEY) && !text.includes(TOKEN));
      assert.doesNotMatch(text, /Count the words|countWords|One pure function/);
    }

    const report = await sandbox.run(['report', '--run', result.runId]);
    assert.match(report.stdout, /developer +2 +100 %/);
    assert.match(report.stdout, /qa-engineer +2 +100 %/);
    const documents = await sandbox.json(['docs']);
    assert.equal(documents.document.total, 8);
  });

  it('writes nothing without --write, and nothing over a file that it was not given', async () => {
    const shown = await sandbox.run(['pipeline', REQUIREMENT, '--yes', '--quiet'], { env });
    assert.equal(shown.code, 0);
    assert.match(shown.stdout, /## User stories[\s\S]*### `src\/words\.js`/);
    assert.ok(!existsSync(inWorkspace('src/words.js')));
    sandbox.write({ 'src/words.js': CODE });
    const refused = await sandbox.run(['pipeline', REQUIREMENT, '--write', '--yes'], { env });
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /src\/words\.js was made by somebody else/);
    assert.equal(readFileSync(inWorkspace('src/words.js'), 'utf8'), CODE);
  });

  it('goes on when traces get nowhere, and says so once', async () => {
    await collector.stop();
    const { code, stderr } = await sandbox.run(
      ['workflow', 'run', 'sop', '-p', `requirement=${REQUIREMENT}`, '--yes'],
      { env },
    );
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/Traces do not get to/g)?.length, 1);
    assert.match(
      stderr,
      /Traces do not get to 127\.0\.0\.1:\d+: The endpoint cannot be reached\. Runs are not affected\./,
    );
    collector = await ScriptedCollector.start();
  });

  it('puts the requirement into form without an account', async () => {
    sandbox.configure({});
    const { code, document } = await sandbox.json(['pipeline', REQUIREMENT]);
    assert.equal(code, 0);
    const { pipeline, llm, edits } = runResultSchema.parse(document);
    assert.deepEqual([llm, edits, pipeline?.requirements?.map(({ text }) => text)], [false, [], [REQUIREMENT]]);
  });
});
