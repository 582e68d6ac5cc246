import assert from 'node:assert/strict';
import { Slots } from '../../../../src/core/engine/slots.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Slots', () => {
  it('hand out as many as there are, then in the order of asking', async () => {
    const slots = new Slots(2);
    const holders: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) void slots.acquire().then(() => holders.push(name));
    await turn();
    assert.deepEqual(holders, ['a', 'b']);
    slots.release();
    slots.release();
    await turn();
    assert.deepEqual(holders, ['a', 'b', 'c', 'd']);
  });

  it('are not free for new tasks while somebody asks for one', async () => {
    const slots = new Slots(1);
    await slots.acquire();
    const second = slots.acquire();
    assert.equal(slots.free, false);
    slots.release();
    assert.equal(slots.free, false);
    await second;
    slots.release();
    assert.equal(slots.free, true);
  });

  it('are taken at once only while one is free', () => {
    const slots = new Slots(1);
    slots.take();
    assert.throws(() => slots.take());
  });
});
