import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createEnsemble, type Ensemble } from '../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../src/core/config.ts';
import { toErrorInfo } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/ports.ts';
import { account } from '../support/pool-fixture.ts';
import { startAnthropicServer } from '../support/scripted-anthropic-server.ts';
import { startGeminiServer, startOpenAiServer } from '../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../support/scripted-server.ts';
import { MemoryWorkspace } from './memory-workspace.ts';
import { openFile, temporaryFolder } from './storage-implementations.ts';

const KEYS: Readonly<Record<string, string>> = {
  one: 'canary+one/0123456789abcdef=',
  two: 'canary+two/0123456789abcdef=',
  three: 'canary+three/0123456789abcdef=',
};

/** Every way in which an endpoint may repeat a key. */
const formsOf = (key: string): string[] => [
  key,
  encodeURIComponent(key),
  Buffer.from(key).toString('base64'),
  Buffer.from(key).toString('base64url'),
  Buffer.from(key).toString('hex'),
];

const PLAN = JSON.stringify({
  subtasks: ['a', 'b'].map((id) => ({
    ...{ id, title: id, description: `Do ${id}`, role: 'generalist', complexity: 'simple', dependencies: [] },
  })),
});

/** Answers that repeat the key that they were asked with, wherever an answer has room for it. */
function echo(request: SeenRequest, count: number): Reply {
  const key = request.key ?? '';
  const said = `Your key: ${formsOf(key).join(' or ')}.`;
  const error = { type: 'server_error', message: said, metadata: { raw: said } };
  if (count === 1) return { type: 'error', status: 500, body: { error }, headers: { 'x-request-id': key } };
  if (count === 2) return { type: 'raw', status: 200, contentType: 'text/html', body: `<html>${said}</html>` };
  const text = /subtasks/.test(request.rawBody) ? PLAN.replace('Do a', `Do ${key}`) : said;
  // In pieces that cut every form of the key.
  return { type: 'answer', text, model: key, chunkBytes: 11 };
}

describe('a planted key', () => {
  let folder: string;
  let servers: ScriptedServer[];
  let ensemble: Ensemble;
  const logged: string[] = [];
  const said: string[] = [];

  beforeEach(async () => {
    folder = temporaryFolder();
    servers = await Promise.all([startOpenAiServer(echo), startAnthropicServer(echo), startGeminiServer(echo)]);
    const [openai, anthropic, gemini] = servers.map(({ origin }) => origin);
    const write = (message: string, fields?: unknown) => void logged.push(message + JSON.stringify(fields ?? null));
    const logger: Logger = { debug: write, info: write, warn: write, error: write };
    ensemble = await createEnsemble({
      config: {
        ...DEFAULT_CONFIG,
        budget: { ...DEFAULT_CONFIG.budget, perRunUSD: null, perDayUSD: null },
        accounts: [
          account('one', { provider: 'openai', baseURL: `${openai}/v1` }),
          account('two', { provider: 'anthropic', baseURL: anthropic ?? '' }),
          account('three', { provider: 'gemini', baseURL: `${gemini}/v1` }),
        ],
      },
      storage: await openFile(path.join(folder, 'ensemble.db')),
      workspace: new MemoryWorkspace(
        { 'app.ts': `export const run = (input: string) => eval(input + '${KEYS.two}');\n` },
        { trusted: true },
      ),
      secrets: { get: async (name) => KEYS[name] ?? null, set: async () => {}, delete: async () => {} },
      approver: { ask: async () => true },
      logger,
    });
    ensemble.subscribe((event) => said.push(JSON.stringify(event)));
  });

  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    fs.rmSync(folder, { recursive: true, force: true });
    logged.length = 0;
    said.length = 0;
  });

  it('is in no database, log, event, result, error or export, however its vendor repeats it', async function () {
    this.timeout(60_000);
    const results = [
      await ensemble.run({
        ...{ kind: 'run', task: `Use ${KEYS.three} well`, context: `${KEYS.one}`, strategy: 'adaptive' },
        ...{ maxSubTasks: 2, saveDocument: true },
      }),
      await ensemble
        .start({ kind: 'review', target: { type: 'paths', paths: [''] }, depth: 'quick' })
        .then((run) => run.result),
    ];
    const tests = await Promise.all(
      Object.keys(KEYS).map((name) => ensemble.accounts.test(name, new AbortController().signal)),
    );
    for (const server of servers) {
      server.refusedKeys.clear();
      for (const key of Object.values(KEYS)) server.refusedKeys.add(key);
    }
    const refused = await Promise.all(
      Object.keys(KEYS).map((name) => ensemble.accounts.test(name, new AbortController().signal)),
    );
    const status = await ensemble.accounts.status();
    const failure = await ensemble.accounts.test('none', new AbortController().signal).catch(toErrorInfo);
    const copy = path.join(folder, 'copy.db');
    fs.copyFileSync(path.join(folder, 'ensemble.db'), copy);
    await ensemble.close();

    assert.ok(
      servers.every(({ requests }) => requests.length > 2),
      'every vendor was asked, and has echoed',
    );
    assert.ok(
      said.some((event) => event.includes('[redacted')),
      'something was taken out of what is shown',
    );
    const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.length > 1);
    const places: Readonly<Record<string, readonly string[]>> = {
      files: files.map(({ parentPath, name }) => fs.readFileSync(path.join(parentPath, name), 'latin1')),
      events: said,
      log: logged,
      results: [results, tests, refused, status, failure].map((one) => JSON.stringify(one)),
    };
    for (const [name, key] of Object.entries(KEYS)) {
      for (const form of formsOf(key)) {
        for (const [place, texts] of Object.entries(places)) {
          const at = texts.find((text) => text.includes(form));
          assert.ok(
            !at,
            `key ${name} as ${form} in ${place}: ${at?.slice(Math.max(0, at.indexOf(form) - 80)).slice(0, 200)}`,
          );
        }
      }
      // Of another account's key, not even a vendor hears.
      const own = Object.keys(KEYS).indexOf(name);
      servers.forEach(({ requests }, index) => {
        const heard = requests.filter(({ rawBody }) => formsOf(key).some((form) => rawBody.includes(form)));
        assert.equal(heard.length, 0, `key ${name} was sent to server ${index} in a prompt (own: ${own})`);
        assert.ok(
          requests.every((request) => index === own || request.key !== key),
          'keys never cross',
        );
      });
    }
  });
});
