import assert from 'node:assert/strict';
import { AnswerTooLarge, guardedFetch } from '../../../../src/adapters/providers/guarded-fetch.ts';
import { withAnswers } from '../../../support/fake-fetch.ts';

function fetched(response: Response, onAlive?: () => void): Promise<Response> {
  return withAnswers([response], () => guardedFetch(onAlive)('http://127.0.0.1:9'));
}

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json; charset=utf-8' } });

describe('guardedFetch', () => {
  it('gives an error that came with status 200 the status it speaks of', async () => {
    for (const [body, status] of [
      [{ error: { code: 429, message: 'later' } }, 429],
      [{ error: { code: 'x', message: 'what?' } }, 500],
      [{ error: 'a sentence' }, 500],
      [{ error: null, data: [] }, 200],
      [{ data: [] }, 200],
      [[], 200],
      [null, 200],
    ] as const) {
      assert.equal((await fetched(json(body))).status, status, JSON.stringify(body));
    }
  });

  it("takes Google's error out of its list, and keeps the status", async () => {
    const response = await fetched(json([{ error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }], 503));
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } });
  });

  it('leaves a document that is no error as it is, byte for byte', async () => {
    const text = '{ "data": [1, "ä"] }\n';
    const response = await fetched(new Response(text, { headers: { 'content-type': 'application/json' } }));
    assert.equal(await response.text(), text);
  });

  it('does not hold a stream back that calls itself a document', async () => {
    let send: (text: string) => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (text) => controller.enqueue(new TextEncoder().encode(text));
      },
    });
    send('data: 1\n\n');
    const response = await fetched(new Response(body, { headers: { 'content-type': 'application/json' } }));
    const reader = (response.body ?? assert.fail()).getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value), 'data: 1\n\n');
    await reader.cancel();
  });

  it('tells of the response and of every piece of its body', async () => {
    let alive = 0;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let piece = 0; piece < 3; piece++) controller.enqueue(new Uint8Array([10]));
        controller.close();
      },
    });
    await (await fetched(new Response(body), () => alive++)).text();
    assert.equal(alive, 4);
  });

  for (const [what, line] of [
    ['a line', 'x'.repeat(64 * 1024)],
    ['an answer', `${'x'.repeat(64 * 1024 - 1)}\n`],
  ] as const) {
    it(`ends ${what} without end, with memory for a part of it`, async () => {
      let sent = 0;
      const bytes = new TextEncoder().encode(line);
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += bytes.length;
          controller.enqueue(bytes.slice());
        },
      });
      const response = await fetched(new Response(body));
      const reader = (response.body ?? assert.fail()).getReader();
      await assert.rejects(async () => {
        while (!(await reader.read()).done);
      }, AnswerTooLarge);
      assert.ok(sent < 66 * 1024 * 1024, String(sent));
    });
  }
});
