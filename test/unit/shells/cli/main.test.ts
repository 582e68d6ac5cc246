import assert from 'node:assert/strict';
import { runCli } from '../../../../src/shells/cli/main.ts';
import { FakeHost } from './fake-host.ts';

async function run(...args: string[]) {
  const host = new FakeHost({ args });
  const code = await runCli(host);
  return { code, out: host.stdout.text, err: host.stderr.text };
}

describe('runCli', () => {
  it('prints help and version', async () => {
    const help = await run('--help');
    assert.equal(help.code, 0);
    for (const command of [
      'review',
      'run',
      'workflow',
      'runs',
      'history',
      'docs',
      'prompt',
      'stats',
      'accounts',
      'init',
    ]) {
      assert.match(help.out, new RegExp(`^ {2}${command}\\b`, 'm'));
    }
    assert.match((await run('--version')).out, /^\d+\.\d+\.\d+\n$/);
    assert.match(
      (await run('help', 'review')).out,
      /--fail-on <severity>[\s\S]*Options of every command:[\s\S]*--require-llm/,
    );
  });

  it('keeps help within 80 columns', async () => {
    for (const command of [[], ['review'], ['run'], ['workflow', 'run'], ['runs'], ['prompt', 'render'], ['init']]) {
      const { out } = await run(...command, '--help');
      assert.deepEqual(
        out.split('\n').filter((line) => line.length > 80),
        [],
      );
    }
  });

  it('offers only commands that exist', async () => {
    for (const later of ['refactor', 'chat', 'pipeline', 'serve', 'agents'])
      assert.equal((await run(later)).code, 2, later);
  });

  it('asks for a command with the help on standard error', async () => {
    for (const command of [[], ['prompt'], ['library']]) {
      const { code, out, err } = await run(...command);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /^Usage: ensemble/);
    }
  });

  it('answers mistakes with one message, the nearest name and exit code 2', async () => {
    const mistakes: readonly (readonly [string[], RegExp])[] = [
      [['reveiw'], /^error: Unknown command "reveiw"\.\n {2}Did you mean review\?\n$/],
      [['review', '--jsn'], /^error: Unknown option "--jsn"\.\n {2}Did you mean --json\?\n$/],
      [
        ['run', 'x', '--strategy', 'adaptve'],
        /^error: There is no strategy "adaptve"\.\n {2}Did you mean "adaptive"\?/,
      ],
      [['run', 'x', '-l', 'robin'], /^error: There is no load balancing "robin"\.\n/],
      [['run', 'x', '-m', '0'], /whole number from 1 to 50\.\n/],
      [['run'], /^error: There is no task\.\n/],
      [['run', 'x', '--task', 'y'], /^error: The task was given twice\.\n/],
      [['run', 'x', '-m', '2', '--sub-agents', '3'], /say different things/],
      [['run', 'x', 'y'], /^error: Too many arguments for "run"/],
      [['review', 'src', '--diff'], /^error: Paths and --diff exclude one another\.\n/],
      [['review', '--diff', 'src', 'test'], /"src" was taken as the base of --diff/],
      [['review', '--depth', 'deep'], /There is no depth "deep"/],
      [['review', '--fail-on', 'hgh'], /Did you mean "high"\?/],
      [['docs', 'shw', '1'], /Did you mean "docs show"\?/],
      [['docs', 'show', 'x'], /whole number/],
      [['history', '--last', '0'], /whole number of at least 1/],
      [['runs', 'resume'], /Missing required argument "id"/],
      [['prompt', 'render', 'x', '--vars', 'novalue'], /key=value/],
    ];
    for (const [args, expected] of mistakes) {
      const { code, out, err } = await run(...args);
      assert.equal(code, 2, args.join(' '));
      assert.equal(out, '');
      assert.match(err, expected);
      assert.doesNotMatch(err, /\bat .*:\d+/);
    }
  });

  it('answers a mistake with a JSON error document when --json is among the arguments', async () => {
    const { code, out, err } = await run('run', 'x', '--strategy', 'paralel', '--json');
    assert.deepEqual([code, err], [2, '']);
    assert.deepEqual(JSON.parse(out), {
      schema: 1,
      error: {
        code: 'usage',
        message: 'There is no strategy "paralel".',
        hint: 'Did you mean "parallel"? Choose one of parallel, sequential, adaptive, balanced, coordinated.',
      },
    });
    assert.equal(JSON.parse((await run('--json', '--events', '-', 'stats')).out).error.code, 'usage');
    assert.equal((await run('run', 'x', '-s', 'z', '--', '--json')).out, '');
  });

  it('refuses a target of --events that cannot be written', async () => {
    const { code, err } = await run('stats', '--events', '/');
    assert.equal(code, 2);
    assert.match(err, /^error: Events cannot be written to \//);
  });
});
