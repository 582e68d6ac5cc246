import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runResultSchema } from '../../../src/protocol/run-result.ts';
import { openFile } from '../../contract/storage-implementations.ts';
import { BAD_CODE, eventsIn, Sandbox } from './sandbox.ts';

const SAMPLE = fileURLToPath(new URL('../../../media/sample', import.meta.url));

describe('cli: without any account', () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
    sandbox.write({ 'src/bad.js': BAD_CODE, 'src/good.js': 'export const one = 1;\n', 'README.md': '# Sample\n' });
  });
  afterEach(() => sandbox.remove());

  it('reviews real code and prints findings with file and line', async () => {
    const { code, stdout, stderr } = await sandbox.run(['review', 'src']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /src\/bad\.js:4 +(critical|high)/);
    assert.match(stdout, /no language model/);
    assert.match(stdout, /Coverage complete: 2 files reviewed/);
    assert.match(stdout, /Document \d+, run [0-9A-Z]{26}/);
    assert.match(stderr, /No account is configured/);
    assert.ok(!(stdout + stderr).includes('\u001b'));
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 100),
      [],
    );
  });

  it('replays a run from its journal', async () => {
    const { document } = await sandbox.json(['review', 'src']);
    const { runId } = runResultSchema.parse(document);
    const { code, stdout } = await sandbox.run(['runs', 'replay', runId]);
    assert.equal(code, 0);
    assert.match(stdout, /The replay agrees with the run: \d+ attempts, \d+ model or tool calls\./);
  });

  it('reports how the agents did, from the traces that every run leaves', async () => {
    assert.match((await sandbox.run(['report'])).stdout, /Nothing was traced since \d{4}-\d\d-\d\d/);
    const { document } = await sandbox.json(['review', 'src']);
    const { runId, tasks } = runResultSchema.parse(document);
    const { code, stdout } = await sandbox.run(['report', '--run', runId]);
    assert.equal(code, 0);
    assert.match(stdout, /Performance of 1 run\n\nAgents\nNAME +CALLS +SUCCESS/);
    assert.match(stdout, /security-auditor +1 +100 %/);
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 100),
      [],
    );
    const { item } = (await sandbox.json(['report'])).document;
    assert.deepEqual(
      item.accounts.map(({ name, calls }: { name: string; calls: number }) => [name, calls]),
      [['offline', tasks.length]],
    );
    const trace = await sandbox.run(['runs', 'trace', runId]);
    assert.match(
      trace.stdout,
      /\ninvoke_workflow code-review .*\n {2}invoke_agent \S+ .*\n {4}turn turn-1 .*\n {6}chat /,
    );
    assert.equal((await sandbox.run(['report', '--run', 'unknown'])).code, 2);
  });

  it('prints the JSON result of the contract, with a coverage that accounts for every file', async () => {
    sandbox.write({
      'src/data.bin': new Uint8Array([0, 1, 2, 0, 255]),
      'src/huge.js': `// ${'x'.repeat(98)}\n`.repeat(52_000),
      'src/notes.unknown': 'Just words.\n',
      'src/.env': 'TOKEN=abc\n',
    });
    mkdirSync(path.join(sandbox.workspace, 'src', 'empty'));
    const { code, document } = await sandbox.json(['review', 'src']);
    const result = runResultSchema.parse(document);
    assert.equal(code, result.coverage?.complete ? 0 : 6);
    assert.equal(result.llm, false);
    assert.equal(result.kind, 'review');
    assert.equal(result.workflow, 'code-review');
    const { reviewed = [], skipped = [], truncated = [], failed = [] } = result.coverage ?? {};
    const seen = [...reviewed, ...[...skipped, ...failed, ...truncated].map((one) => one.path)];
    for (const file of ['bad.js', 'good.js', 'data.bin', 'huge.js', 'notes.unknown', '.env']) {
      assert.ok(seen.includes(`src/${file}`), `${file} is in ${seen.join(', ')}`);
    }
    assert.ok(!reviewed.includes('src/.env') && !reviewed.includes('src/data.bin'));
    const lines = BAD_CODE.split('\n');
    for (const finding of result.findings ?? []) {
      assert.ok(
        lines
          .slice(finding.startLine - 1, finding.endLine)
          .join('\n')
          .includes(finding.quote.trim()) || finding.file !== 'src/bad.js',
      );
    }
    assert.ok((result.findings ?? []).some(({ file, startLine }) => file === 'src/bad.js' && startLine === 4));
  });

  it('finds at least eight true problems in the bundled sample project, each where its quote stands', async () => {
    cpSync(SAMPLE, path.join(sandbox.workspace, 'sample'), { recursive: true });
    const { code, document } = await sandbox.json(['review', 'sample']);
    assert.equal(code, 0);
    const { findings = [], coverage } = runResultSchema.parse(document);
    assert.equal(coverage?.complete, true);
    assert.ok(findings.length >= 8, `${findings.length} findings`);
    for (const { file, startLine, endLine, quote } of findings) {
      const lines = readFileSync(path.join(sandbox.workspace, file), 'utf8').split('\n');
      assert.ok(
        lines
          .slice(startLine - 1, endLine)
          .join('\n')
          .includes(quote.trim()),
        `${file}:${startLine} has: ${quote}`,
      );
    }
  });

  it('fails on findings from a severity on', async () => {
    assert.equal((await sandbox.run(['review', 'src/bad.js', '--fail-on', 'high', '--quiet'])).code, 1);
    assert.equal((await sandbox.run(['review', 'src/good.js', '--fail-on', 'high', '--quiet'])).code, 0);
  });

  it('writes SARIF and Markdown files, whole, and never over a folder', async () => {
    mkdirSync(path.join(sandbox.workspace, 'reports'));
    const taken = await sandbox.run(['review', 'src', '--out', 'reports']);
    assert.equal(taken.code, 2);
    assert.match(taken.stderr, /a folder/);
    const sarif = await sandbox.run(['review', 'src', '--format', 'sarif', '--out', 'reports/review.sarif', '--quiet']);
    assert.equal(sarif.code, 0);
    assert.match(sarif.stdout, /findings? in/);
    const log = JSON.parse(readFileSync(path.join(sandbox.workspace, 'reports', 'review.sarif'), 'utf8'));
    assert.equal(log.version, '2.1.0');
    assert.ok(
      log.runs[0].results.some(
        (one: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
          one.locations[0]?.physicalLocation.artifactLocation.uri === 'src/bad.js',
      ),
    );
    await sandbox.run(['review', 'src', '--out', 'reports/review.md', '--quiet']);
    assert.match(readFileSync(path.join(sandbox.workspace, 'reports', 'review.md'), 'utf8'), /^#.*[\s\S]*bad\.js/);
    assert.deepEqual(readdirSync(path.join(sandbox.workspace, 'reports')).toSorted(), ['review.md', 'review.sarif']);
    assert.equal(
      JSON.parse((await sandbox.run(['review', 'src', '--format', 'sarif', '--quiet'])).stdout).version,
      '2.1.0',
    );
  });

  it('writes events as NDJSON to a file, and to standard output instead of text', async () => {
    const toFile = await sandbox.run(['review', 'src', '--events', 'events.ndjson', '--quiet']);
    assert.match(toFile.stdout, /findings? in/);
    const toStdout = await sandbox.run(['review', 'src', '--events', '-', '--quiet']);
    for (const text of [readFileSync(path.join(sandbox.workspace, 'events.ndjson'), 'utf8'), toStdout.stdout]) {
      const events = eventsIn(text);
      assert.equal(events[0]?.type, 'workflow:start');
      assert.equal(
        events.filter(({ type }) => type === 'task:complete').length,
        events.filter(({ type }) => type === 'task:added').length,
      );
      const last = events.at(-1);
      assert.ok(last?.type === 'workflow:results');
      runResultSchema.parse(last.results);
      assert.ok(events.every(({ seq }, index) => index === 0 || seq >= (events[index - 1]?.seq ?? 0)));
    }
  });

  it('works below the root of a repository, and on what changed in it', async () => {
    sandbox.git('init', '-q');
    sandbox.git('add', '.');
    sandbox.git('commit', '-q', '-m', 'first');
    const below = await sandbox.json(['review', 'bad.js'], { cwd: 'src' });
    assert.deepEqual(below.document.coverage.reviewed, ['src/bad.js']);
    symlinkSync(sandbox.workspace, path.join(sandbox.home, 'link'));
    const linked = await sandbox.json(['review', '../src/bad.js'], { cwd: '../home/link/src' });
    assert.deepEqual(linked.document.coverage.reviewed, ['src/bad.js']);
    assert.equal((await sandbox.run(['review', '--diff', '--quiet'])).code, 2, 'nothing has changed');
    sandbox.write({ 'src/new.js': BAD_CODE, 'src/good.js': 'export const two = 2;\n' });
    const changed = await sandbox.json(['review', '--diff']);
    assert.deepEqual(changed.document.coverage.reviewed.toSorted(), ['src/good.js', 'src/new.js']);
    sandbox.git('add', '.');
    sandbox.git('commit', '-q', '-m', 'second');
    const since = await sandbox.json(['review', '--diff', 'HEAD~1']);
    assert.deepEqual(since.document.coverage.reviewed.toSorted(), ['src/good.js', 'src/new.js']);
    const noBase = await sandbox.run(['review', '--diff', 'no-such-branch', '--quiet']);
    assert.equal(noBase.code, 2);
    assert.match(noBase.stderr, /no-such-branch/);
  });

  it('judges the changed lines of a file and says what it left out about the others', async () => {
    const old = 'export function load(text) {\n  try {\n    return JSON.parse(text);\n  } catch (error) {}\n}\n';
    sandbox.write({ 'src/load.js': old });
    sandbox.git('init', '-q');
    sandbox.git('add', '.');
    sandbox.git('commit', '-q', '-m', 'first');
    sandbox.write({ 'src/load.js': `${old}\nexport const run = (input) => eval(input);\n` });
    const { document } = await sandbox.json(['review', '--diff']);
    const result = runResultSchema.parse(document);
    assert.ok((result.findings ?? []).length > 0);
    assert.deepEqual([...new Set(result.findings?.map(({ startLine }) => startLine))], [7]);
    assert.match(result.result, /about lines that have not changed/);
  });

  it('respects what was dismissed in the editor, and lists it when asked to', async () => {
    const first = runResultSchema.parse((await sandbox.json(['review', 'src/bad.js'])).document);
    const { stores } = await openFile(sandbox.database);
    for (const { fingerprint, file, title } of first.findings ?? []) {
      const why = { decision: 'dismissed', reason: 'intended', note: null } as const;
      await stores.findings.decide(sandbox.workspace, { ...why, fingerprint, file, title, runId: first.runId });
    }
    await stores.close();
    const { code, stdout } = await sandbox.run(['review', 'src/bad.js', '--fail-on', 'info', '--show-dismissed']);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /dismissed earlier \(\d+\)\n {2}src\/bad\.js:4 [\s\S]*Dismissed: intended[\s\S]*No findings\./,
    );
    const again = runResultSchema.parse((await sandbox.json(['review', 'src/bad.js'])).document);
    assert.deepEqual(again.findings, []);
    assert.equal(again.dismissed?.length, first.findings?.length);
  });

  it('runs a task with its strategies, also from standard input, and keeps the document', async () => {
    const { code, document } = await sandbox.json(['run', '-', '--save-doc', '--sub-agents', '3', '-s', 'sequential'], {
      input: 'Describe the sample project\n',
    });
    assert.equal(code, 0);
    const result = runResultSchema.parse(document);
    assert.equal(result.kind, 'run');
    assert.ok(result.tasks.length >= 3);
    assert.ok(result.tasks.every(({ status }) => status === 'completed'));
    const shown = await sandbox.run(['docs', 'show', String(result.documentId), '--quiet']);
    assert.equal(shown.stdout.trim(), result.result.trim());
    for (const strategy of ['parallel', 'adaptive', 'balanced']) {
      const text = await sandbox.run([
        'run',
        '--task',
        'Describe the sample',
        '--strategy',
        strategy,
        '-m',
        '3',
        '-c',
        'It is small',
      ]);
      assert.equal(text.code, 0, text.stderr);
      assert.notEqual(text.stdout.trim(), '');
      assert.match(text.stderr, /Completed: \d+ of \d+ tasks/);
    }
  });

  it('refuses the offline provider with --require-llm', async () => {
    const { code, stderr } = await sandbox.run(['review', 'src', '--require-llm', '--quiet']);
    assert.equal(code, 3);
    assert.match(stderr, /language model is required[\s\S]*Add an account/);
  });

  it('keeps everything: runs, conversations, documents, totals and a copy', async () => {
    const run = (await sandbox.json(['workflow', 'run', 'code-review', '-p', 'path=src'])).document;
    const runs = (await sandbox.json(['runs', 'list'])).document;
    assert.equal(runs.total, 1);
    assert.deepEqual(
      [runs.items[0].runId, runs.items[0].status, runs.items[0].kind],
      [run.runId, 'completed', 'workflow'],
    );
    const shown = (await sandbox.json(['runs', 'show', run.runId])).document.item;
    assert.deepEqual(
      shown.tasks.map((task: { taskId: string }) => task.taskId).toSorted(),
      run.tasks.map((task: { id: string }) => task.id).toSorted(),
    );
    assert.match((await sandbox.run(['runs', 'show', run.runId, '--quiet'])).stdout, /TASK +STATUS/);
    assert.match((await sandbox.run(['runs', 'events', run.runId, '--quiet'])).stdout, /workflow:complete/);
    const events = (await sandbox.json(['runs', 'events', run.runId])).document;
    assert.equal(events.items.at(-1).type, 'workflow:results');

    const history = (await sandbox.json(['history', '--last', '3'])).document;
    assert.equal(history.items.length, 3);
    assert.ok(history.total >= 6);
    assert.deepEqual((await sandbox.json(['library', 'history', '--last', '3'])).document, history);
    assert.deepEqual((await sandbox.json(['history', 'list', '--last', '3'])).document, history);
    const forPrograms = (await sandbox.run(['history', '--last', '3'])).stdout;
    assert.doesNotMatch(forPrograms, /…/);
    const { id } = history.items[0];
    assert.equal((await sandbox.json(['history', 'show', String(id)])).document.item.id, id);
    assert.equal((await sandbox.json(['history', '--search', 'no such words anywhere'])).document.total, 0);

    const docs = (await sandbox.json(['docs', '--limit', '1'])).document;
    assert.equal(docs.items[0].id, run.documentId);

    const stats = (await sandbox.json(['stats', '--copy', 'copy.db'])).document.item;
    assert.equal(stats.runs, 1);
    assert.equal(stats.conversations, history.total);
    assert.equal(stats.location, sandbox.database);
    assert.deepEqual((await sandbox.json(['runs', 'list', '--db', 'copy.db'])).document, runs);
    assert.equal((await sandbox.run(['stats', '--copy', 'copy.db', '--quiet'])).code, 2, 'a file that exists is kept');
    assert.match(
      (await sandbox.run(['stats', '--quiet'])).stdout,
      /Total conversations +\d+\n[\s\S]*Database: .*ensemble\.db/,
    );
  });

  it('runs a workflow of S3 with its parameters', async () => {
    const params = ['-p', 'platform=gcp', '-p', 'monitoring=false'];
    const { code, document } = await sandbox.json(['workflow', 'run', 'devops-setup', ...params]);
    assert.equal(code, 0);
    assert.deepEqual([document.workflow, document.status, document.tasks.length], ['devops-setup', 'completed', 5]);
    assert.match(document.result, /^# DevOps Setup\n\n## Design the infrastructure/);
    const wrong = await sandbox.run(['workflow', 'run', 'devops-setup', '-p', 'monitoring=perhaps']);
    assert.deepEqual([wrong.code, /"monitoring" has to be true or false/.test(wrong.stderr)], [2, true]);
  });

  it('decides a question together, and says how that came about', async () => {
    const params = ['-p', 'question=Tabs or spaces?', '-p', 'options=tabs,spaces'];
    const { code, document } = await sandbox.json(['workflow', 'run', 'decide', ...params]);
    assert.equal(code, 0);
    assert.deepEqual(
      document.tasks.map((task: { id: string }) => task.id),
      ['decision.1', 'decision.2', 'decision.3', 'decision'],
    );
    assert.match(document.result, /^# Decision\n\n\*\*(tabs|spaces|Nothing was decided\.)\*\*/);
    const negotiated = (await sandbox.json(['workflow', 'run', 'decide', ...params, '-p', 'how=negotiation'])).document;
    assert.equal(negotiated.status, 'completed');
    assert.doesNotMatch(negotiated.result, /Not done/);
    const missing = await sandbox.run(['workflow', 'run', 'decide']);
    assert.deepEqual([missing.code, /"question" is missing/.test(missing.stderr)], [2, true]);
  });

  it('lists and shows workflows and prompts, and fills prompts in', async () => {
    const workflows = (await sandbox.json(['workflow', 'list'])).document;
    assert.ok(workflows.items.some((one: { id: string }) => one.id === 'code-review'));
    assert.equal((await sandbox.json(['workflow', 'list', '--category', 'no such'])).document.total, 0);
    assert.equal((await sandbox.json(['workflow', 'show', 'code-review'])).document.item.id, 'code-review');
    const prompts = (await sandbox.json(['prompt', 'list'])).document;
    assert.equal(prompts.total, 8);
    assert.match((await sandbox.run(['prompt', 'show', 'code-review', '--quiet'])).stdout, /\{\{code\}\}/);
    const rendered = await sandbox.run([
      'prompt',
      'render',
      'code-review',
      '--vars',
      "code=console.log('<a>')",
      'language=js',
      'focus=x',
      '--quiet',
    ]);
    assert.equal(rendered.code, 0);
    assert.match(rendered.stdout, /console\.log\('<a>'\)/);
  });

  it('ignores what a repository must not set, and says so', async () => {
    sandbox.write({
      'ensemble.config.json': JSON.stringify({
        accounts: [{ name: 'evil', provider: 'openai-compatible', baseURL: 'https://evil.invalid/v1' }],
        prices: {},
        engine: { maxSubTasks: 3 },
        budget: { perRunUSD: 1000 },
      }),
    });
    const { code, stdout, stderr } = await sandbox.run(['accounts', 'list']);
    assert.equal(code, 0);
    assert.match(stderr, /notice: .*ensemble\.config\.json: ignored accounts, prices/);
    assert.match(stderr, /perRunUSD; a repository may only lower it/);
    assert.doesNotMatch(stdout, /evil/);
    const run = await sandbox.json(['run', 'Describe it in many steps']);
    assert.ok(run.document.tasks.length <= 5, 'plan, at most three sub-tasks, aggregate');
  });

  it('says nothing on standard error with --quiet, also when there is much to store', async () => {
    const many = Array.from({ length: 100 }, (_, index) => [
      `src/part-${index}.js`,
      `// ${index}\n${BAD_CODE.repeat(40)}`,
    ]);
    sandbox.write(Object.fromEntries(many));
    for (const args of [['review', 'src'], ['stats'], ['run', 'Describe it']]) {
      assert.equal((await sandbox.run([...args, '--quiet'])).stderr, '');
    }
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const { process, end } = sandbox.start(['review', 'src', '--json', '--quiet']);
    process.stdout?.destroy();
    assert.equal((await end).stderr, '');
  });
});
