import assert from 'node:assert/strict';
import { createOfflineProvider } from '../../../../../src/adapters/providers/offline/offline-provider.ts';
import type { Message, ProviderCall, StreamPart } from '../../../../../src/core/model.ts';
import { packChunks } from '../../../../../src/core/review/chunks.ts';
import { findingsSchema } from '../../../../../src/core/review/findings-schema.ts';
import { LENSES } from '../../../../../src/core/review/lenses.ts';
import { renderReviewPrompt } from '../../../../../src/core/review/prompt-format.ts';

const provider = createOfflineProvider();
const never = new AbortController().signal;
const file = { path: 'src/a.ts', languageId: 'typescript', text: 'eval(input);\n', startLine: 1, baseHash: null };
const reviewPrompt = renderReviewPrompt(LENSES[1]!, packChunks([file], 1_000)[0]!, 1);

const call = (content: string, schema: string | null, more: readonly Message[] = []): ProviderCall => ({
  model: 'rules',
  messages: [{ role: 'system', content: 'You review.' }, { role: 'user', content }, ...more],
  maxTokens: 100,
  temperature: null,
  responseSchema: schema === null ? null : { name: schema, schema: {} },
  cacheKey: 'x',
});

async function partsOf(request: ProviderCall, signal = never): Promise<StreamPart[]> {
  const parts: StreamPart[] = [];
  for await (const part of provider.stream(request, signal)) parts.push(part);
  return parts;
}
const textOf = (parts: readonly StreamPart[]) => parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

describe('the offline provider', () => {
  it('is no language model and stays in the process', async () => {
    assert.equal(provider.capabilities.isLanguageModel, false);
    assert.equal(provider.capabilities.inProcess, true);
    assert.deepEqual(await provider.listModels(never), ['rules']);
  });

  it('answers a review in the schema, in several parts, then usage and finish', async () => {
    const parts = await partsOf(call(reviewPrompt, 'findings'));
    assert.ok(parts.filter(({ type }) => type === 'text').length > 1);
    assert.deepEqual(
      parts.slice(-2).map(({ type }) => type),
      ['usage', 'finish'],
    );
    const { findings } = findingsSchema.parse(JSON.parse(textOf(parts)));
    assert.deepEqual(
      findings.map(({ file: path, line, quote }) => [path, line, quote]),
      [['src/a.ts', 1, 'eval(input);']],
    );
  });

  it('estimates what was used', async () => {
    const usage = (await partsOf(call(reviewPrompt, 'findings'))).find((part) => part.type === 'usage');
    assert.ok(usage && usage.usage.input > reviewPrompt.length / 4 && usage.usage.output > 0);
    assert.equal(usage.usage.estimated, true);
  });

  it('gives the same answer each time, also when it is asked to repair it', async () => {
    const once = textOf(await partsOf(call(reviewPrompt, 'findings')));
    assert.equal(textOf(await partsOf(call(reviewPrompt, 'findings'))), once);
    const repair: Message[] = [
      { role: 'assistant', content: once },
      { role: 'user', content: 'Again, please.' },
    ];
    assert.equal(textOf(await partsOf(call(reviewPrompt, 'findings', repair))), once);
  });

  it('fails instead of finding nothing in a prompt that it cannot read', async () => {
    const parts = await partsOf(call('Find problems in my code: eval(x)', 'findings'));
    assert.deepEqual(
      parts.map(({ type }) => type),
      ['failure'],
    );
  });

  it('plans in the schema and answers everything else with text', async () => {
    assert.ok(JSON.parse(textOf(await partsOf(call('# Task\n\nBuild a shop', 'plan')))).subtasks.length > 0);
    assert.match(
      textOf(
        await partsOf(call('# Overall task\n\nBuild a shop\n\n# Your sub-task: Design it\n\nDecide. Then draw.', null)),
      ),
      /^Decide\./,
    );
  });

  it('stops when it is aborted, before and between parts', async () => {
    await assert.rejects(partsOf(call(reviewPrompt, 'findings'), AbortSignal.abort(new Error('stop'))), /stop/);
    const controller = new AbortController();
    const seen: StreamPart[] = [];
    await assert.rejects(async () => {
      for await (const part of provider.stream(call(reviewPrompt, 'findings'), controller.signal)) {
        seen.push(part);
        controller.abort(new Error('stop'));
      }
    }, /stop/);
    assert.equal(seen.length, 1);
  });
});
