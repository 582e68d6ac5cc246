import assert from 'node:assert/strict';
import { statusText, totalOf } from '../src/orders.js';

describe('orders', () => {
  it.only('cost nothing without lines', () => {
    assert.equal(totalOf({ id: 1, email: 'a@example.com', lines: [] }), 0);
  });

  it('are packed once they are paid', () => {
    statusText('paid', 1);
  });

  it('arrive', async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(statusText('delivered', 1), 'It is with you, or nearly.');
  });
});
