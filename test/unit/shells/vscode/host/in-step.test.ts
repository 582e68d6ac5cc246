import assert from 'node:assert/strict';
import { InStep } from '../../../../../src/shells/vscode/host/in-step.ts';

/** A source that changes, and a value that opens when it is told to. */
function scene() {
  let opened = () => {};
  let failed = (_error: Error) => {};
  const opening = new Promise<void>((resolve, reject) => {
    opened = resolve;
    failed = reject;
  });
  const errors: unknown[] = [];
  const source = { text: 'first', reads: 0 };
  const value = new InStep<{ text: string }>({
    open: async () => {
      const { text } = source;
      await opening;
      return { text };
    },
    follow: async (opened) => {
      source.reads++;
      const { text } = source;
      if (text === 'broken') throw new Error('cannot be read');
      // What was read first takes longer.
      await new Promise((resolve) => setTimeout(resolve, source.reads === 1 ? 5 : 0));
      if (opened) opened.text = text;
    },
    onError: (error) => errors.push(error),
  });
  const change = (text: string) => {
    source.text = text;
    value.changed();
  };
  return { value, change, errors, source, opened, failed };
}

describe('a value in step', () => {
  it('takes over what changed while it was being opened', async () => {
    const { value, change, opened } = scene();
    const open = value.open();
    change('second');
    await value.settled();
    opened();
    assert.equal((await open).text, 'second');
  });

  it('is not read again where nothing changed', async () => {
    const { value, source, opened } = scene();
    opened();
    await value.open();
    await value.open();
    assert.equal(source.reads, 0);
  });

  it('takes changes over in their order', async () => {
    const { value, change, opened } = scene();
    opened();
    const open = await value.open();
    change('second');
    change('third');
    assert.equal((await value.open()).text, 'third');
    assert.equal(value.opened, open);
  });

  it('follows on after a change that could not be taken over', async () => {
    const { value, change, errors, opened } = scene();
    opened();
    await value.open();
    change('broken');
    await value.settled();
    change('third');
    assert.equal((await value.open()).text, 'third');
    assert.match(String(errors), /cannot be read/);
  });

  it('reads changes also when nothing is open, and opens nothing for them', async () => {
    const { value, change, source } = scene();
    change('second');
    await value.settled();
    assert.equal(source.reads, 1);
    assert.equal(value.opened, null);
    assert.equal(await value.started(), null);
  });

  it('tries again after it could not be opened', async () => {
    const { value, failed } = scene();
    failed(new Error('locked'));
    await assert.rejects(value.open(), /locked/);
    assert.equal(value.opened, null);
  });
});
