import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../src/adapters/storage/memory/open-memory-storage.ts';
import { createEnsemble } from '../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config.ts';
import { applyChanges, baseHashOf } from '../../../src/core/edits/line-changes.ts';
import type { ProviderCall } from '../../../src/core/model.ts';
import type { PipelineRequest } from '../../../src/core/requests.ts';
import type { RunResult } from '../../../src/core/results.ts';
import { runResultSchema } from '../../../src/protocol/run-result.ts';
import { MemoryWorkspace } from '../../contract/memory-workspace.ts';
import { answer, FakeProvider } from '../../support/fake-provider.ts';
import {
  CODE,
  DESIGN,
  implementation,
  MENDED,
  quality,
  REQUIREMENTS,
  TESTS,
  type TeamScript,
  teamAnswers,
} from '../../support/pipeline-answers.ts';
import { account } from '../../support/pool-fixture.ts';

const REQUEST: PipelineRequest = { kind: 'pipeline', requirement: 'Count the words of a text.', paths: [], rounds: 1 };

async function world(change: TeamScript = {}, files: Record<string, string> = { 'README.md': '# Words\n' }) {
  const answers = teamAnswers(change);
  const provider = new FakeProvider((call) => answer(answers(promptOf(call))));
  const storage = openMemoryStorage();
  const ensemble = await createEnsemble({
    config: { ...DEFAULT_CONFIG, accounts: [account('one')] },
    storage,
    workspace: new MemoryWorkspace(files),
    secrets: { get: async () => 'sk-canary-one-0123456789abcdef', set: async () => {}, delete: async () => {} },
    approver: { ask: async () => true },
    providerFor: async () => provider,
  });
  const run = async (request: Partial<PipelineRequest> = {}): Promise<RunResult> => {
    const result = await (await ensemble.start({ ...REQUEST, ...request })).result;
    runResultSchema.parse(JSON.parse(JSON.stringify(result)));
    return result;
  };
  return { ensemble, storage, provider, run };
}

function statusOf(result: RunResult): Record<string, string> {
  return Object.fromEntries(result.tasks.map(({ id, status }) => [id, status]));
}

/** What a call was told, as one text. */
function promptOf({ messages }: ProviderCall): string {
  return messages.map(({ content }) => content).join('\n');
}

describe('pipeline', () => {
  it("comes to S2's ten fields, and proposes the files", async () => {
    const { run } = await world();
    const result = await run();
    assert.equal(result.status, 'completed', JSON.stringify(result.error));
    assert.deepEqual([result.kind, result.workflow], ['pipeline', 'sop']);
    assert.deepEqual(result.pipeline, {
      userStories: REQUIREMENTS.userStories,
      competitiveAnalysis: REQUIREMENTS.competitiveAnalysis,
      requirements: REQUIREMENTS.requirements,
      architecture: DESIGN.architecture,
      dataStructures: DESIGN.dataStructures,
      apis: DESIGN.apis,
      implementation: implementation().files,
      documentation: implementation().documentation,
      tests: quality().tests,
      qualityReport: quality().qualityReport,
    });
    assert.deepEqual(
      result.edits?.map(({ file, baseHash, changes }) => [file, baseHash, applyChanges('', changes)]),
      [
        ['src/words.js', null, CODE],
        ['src/words.test.js', null, TESTS],
      ],
    );
    assert.match(result.result, /\*\*Proposed: 1 file\. QA is content\.\*\* The agents ran nothing\./);
    assert.deepEqual(statusOf(result), {
      requirements: 'completed',
      design: 'completed',
      implementation: 'completed',
      quality: 'completed',
      'implementation-2': 'skipped',
      'quality-2': 'skipped',
    });
  });

  it('hands over from stage to stage: each sees what those before it have made', async () => {
    const { run, provider } = await world();
    await run();
    const [manager, architect, developer, qa] = provider.calls.map(promptOf);
    assert.equal(provider.calls.length, 4);
    assert.match(manager ?? '', /Count the words of a text\./);
    assert.doesNotMatch(manager ?? '', /One pure function/);
    assert.match(architect ?? '', /As a writer, I want words counted/);
    assert.match(developer ?? '', /One pure function/);
    assert.match(qa ?? '', /text\.split/);
    assert.match(qa ?? '', /has 2 words/);
  });

  it('keeps a document of each stage, the proposed files as a patch, and one of the whole', async () => {
    const { run, storage } = await world();
    const result = await run();
    const { items } = await storage.stores.documents.list({ limit: 50 });
    assert.deepEqual(items.map(({ taskId }) => taskId.replace(result.runId, 'run')).sort(), [
      ...['run', 'run', 'run/design', 'run/implementation', 'run/quality', 'run/requirements'],
    ]);
    const design = items.find(({ taskId }) => taskId.endsWith('/design'));
    const patch = items.find(({ kind }) => kind === 'patch');
    assert.match((await storage.stores.documents.get(patch?.id ?? 0))?.content ?? '', /^--- \/dev\/null\n\+\+\+ b\//);
    const { content } = (await storage.stores.documents.get(design?.id ?? 0)) ?? assert.fail();
    assert.match(content, /# Design it: Count the words of a text\.[\s\S]*One pure function/);
  });

  it('sends the work back to the developer, who mends it', async () => {
    const { run, provider } = await world({
      implementation: [implementation(), implementation(MENDED)],
      quality: [quality('rework'), quality('pass')],
    });
    const result = await run();
    assert.equal(result.status, 'completed');
    assert.deepEqual(statusOf(result)['quality-2'], 'completed');
    assert.match(promptOf(provider.calls[4] ?? assert.fail()), /An empty text has 1 word/);
    assert.deepEqual(result.pipeline?.implementation?.[0]?.content, MENDED);
    assert.match(result.result, /Proposed: 1 file, after one round of rework\. QA is content/);
  });

  it('sends it back no more often than it may, and says that QA is not content', async () => {
    const script = { quality: [quality('rework')] };
    const twice = await world(script);
    const result = await twice.run({ rounds: 2 });
    assert.equal(twice.provider.calls.length, 8);
    assert.equal(result.status, 'partial');
    assert.match(result.result, /QA is not content[\s\S]*## Open issues\n\n- \*\*high\*\* \(R1\) An empty text/);
    const never = await world(script);
    await never.run({ rounds: 0 });
    assert.equal(never.provider.calls.length, 4);
  });

  it('lets a hand-over that does not hold be mended once, and stops where it does not', async () => {
    const mended = await world({ design: ['I would build a function.', DESIGN] });
    const result = await mended.run();
    assert.equal(result.status, 'completed');
    assert.equal(mended.provider.calls.length, 5);
    const broken = await world({ design: ['No.'] });
    const failed = await broken.run({ rounds: 0 });
    assert.deepEqual(statusOf(failed), {
      requirements: 'completed',
      design: 'failed',
      implementation: 'skipped',
      quality: 'skipped',
    });
    assert.deepEqual([failed.pipeline?.userStories?.length, failed.pipeline?.architecture], [1, null]);
    assert.deepEqual(failed.edits, []);
    assert.match(failed.result, /Nothing was written[\s\S]*## Not done\n\n- Design it: /);
  });

  it('changes a file that it was shown by its lines', async () => {
    const before = `// Words\n${CODE}export const version = 1;\n`;
    const after = `// Words\n${MENDED}export const version = 1;\n`;
    const { run, provider } = await world({ implementation: [implementation(after)] }, { 'src/words.js': before });
    const result = await run({ paths: ['src/words.js'] });
    const [edit] = result.edits ?? [];
    assert.deepEqual([edit?.file, edit?.baseHash], ['src/words.js', baseHashOf(before)]);
    assert.equal(edit?.changes.length, 1);
    assert.equal(applyChanges(before, edit?.changes ?? []), after);
    assert.match(promptOf(provider.calls[2] ?? assert.fail()), /export const version = 1/);
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['../outside.js', CODE, /no path inside/],
    ['/etc/passwd', CODE, /no path inside/],
    ['C:\\\\x.js', CODE, /no path inside/],
    ['.git/hooks/pre-commit', CODE, /not written to/],
    ['.env', 'A=1', /may hold secrets/],
    ['src/a.js', '```js\ncode\n```', /Markdown fence/],
    ['src/a.js', 'const key = "[redacted api key]";', /removed secret/],
  ];
  for (const [path, content, message] of refused) {
    it(`proposes no file ${JSON.stringify(path)} that ${String(message).slice(1, -1)}`, async () => {
      const wrong = implementation(content, path);
      const { run, provider } = await world({ implementation: [wrong, implementation()] });
      const result = await run({ rounds: 0 });
      assert.match(promptOf(provider.calls[3] ?? assert.fail()), message);
      assert.deepEqual(
        result.edits?.map(({ file }) => file),
        ['src/words.js', 'src/words.test.js'],
      );
    });
  }

  it('refuses what cannot be a pipeline, before anything is asked', async () => {
    const { run, provider } = await world();
    await assert.rejects(run({ requirement: ' ' }), { code: 'invalid-input', message: /requirement is empty/ });
    await assert.rejects(run({ rounds: 9 }), { code: 'invalid-input', message: /9 rounds/ });
    await assert.rejects(run({ rounds: Number.NaN }), { code: 'invalid-input' });
    await assert.rejects(run({ paths: ['none.js'] }), { code: 'not-found' });
    assert.equal(provider.calls.length, 0);
  });

  it('keeps no key that was pasted into the requirement', async () => {
    const { run, storage, provider } = await world();
    const key = 'sk-canary-one-0123456789abcdef';
    const { runId } = await run({ requirement: `Call the service with ${key}.` });
    assert.ok(!JSON.stringify(await storage.journal.read(runId)).includes(key));
    assert.ok(!JSON.stringify(provider.calls).includes(key));
  });

  it('is traced from end to end: one span for each call, and a report of the four', async () => {
    const { run, ensemble, provider } = await world({ quality: [quality('rework'), quality()] });
    const { runId } = await run();
    const spans = await ensemble.traces.ofRun(runId);
    assert.equal(spans.filter(({ kind }) => kind === 'call').length, provider.calls.length);
    const { agents } = await ensemble.traces.report({ since: null, runId });
    assert.deepEqual(
      agents.map(({ name, tasks, calls }) => [name, tasks, calls]),
      [
        ['developer', 2, 2],
        ['product-manager', 1, 1],
        ['qa-engineer', 2, 2],
        ['system-architect', 1, 1],
      ],
    );
  });

  it('replays from its journal', async () => {
    const { run, ensemble, provider } = await world({ quality: [quality('rework'), quality()] });
    const { runId } = await run();
    const before = provider.calls.length;
    const report = await ensemble.runs.replay(runId, new AbortController().signal);
    assert.deepEqual([report.attempts, report.effects, provider.calls.length], [6, 6, before]);
  });

  it('puts a requirement into form without an account, and says what it cannot', async () => {
    const ensemble = await createEnsemble({
      config: DEFAULT_CONFIG,
      databaseFile: null,
      workspace: null,
      approver: { ask: () => assert.fail('nothing leaves the machine, so there is nothing to ask') },
    });
    const requirement = 'Count the words of a text. It should ignore punctuation.';
    const result = await (await ensemble.start({ ...REQUEST, requirement })).result;
    await ensemble.close();
    assert.deepEqual([result.status, result.llm, result.edits], ['completed', false, []]);
    assert.deepEqual(
      result.pipeline?.requirements?.map(({ text, priority }) => [text, priority]),
      [
        ['Count the words of a text.', 'must'],
        ['It should ignore punctuation.', 'should'],
      ],
    );
    assert.match(result.pipeline?.qualityReport ?? '', /nothing was checked[\s\S]*- \[ \] It can be shown/);
    assert.match(result.result, /No language model was used[\s\S]*nothing was designed, written or checked/);
    assert.match(result.result, /No file is proposed\. Nobody has checked it/);
  });
});
