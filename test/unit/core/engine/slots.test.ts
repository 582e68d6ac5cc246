import assert from 'node:assert/strict';
import { type ReleaseSlot, Slots } from '../../../../src/core/engine/slots.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Slots', () => {
  it('hand out as many as there are, then in the order of asking', async () => {
    const slots = new Slots(2);
    const held: [string, ReleaseSlot][] = [];
    for (const name of ['a', 'b', 'c', 'd']) void slots.acquire().then((release) => held.push([name, release]));
    await turn();
    assert.deepEqual(
      held.map(([name]) => name),
      ['a', 'b'],
    );
    held[1]?.[1]();
    held[0]?.[1]();
    await turn();
    assert.deepEqual(
      held.map(([name]) => name),
      ['a', 'b', 'c', 'd'],
    );
  });

  it('are not free for new tasks while somebody asks for one', async () => {
    const slots = new Slots(1);
    const first = await slots.acquire();
    const second = slots.acquire();
    assert.equal(slots.free, false);
    first();
    assert.equal(slots.free, false);
    (await second)();
    assert.equal(slots.free, true);
  });

  it('are given back once, however often that is said', async () => {
    const slots = new Slots(1);
    const release = await slots.acquire();
    release();
    release();
    await slots.acquire();
    assert.equal(slots.free, false);
  });
});
