import assert from 'node:assert/strict';
import type { AccountFacts } from '../../../../../src/shells/vscode/accounts/account-facts.ts';
import {
  AccountsModel,
  elementOf,
  parseAccountElement,
} from '../../../../../src/shells/vscode/views/accounts-model.ts';
import { accountFacts, overview } from '../../../../support/account-facts.ts';

const facts = (name: string, known: Partial<AccountFacts> = {}) =>
  accountFacts({ setting: { name, provider: 'xai' }, ...known });
const cooling = (until: string) => overview({ state: 'cooling', cooldown: { cause: 'rate-limited', until } });

describe('the model of the Accounts view', () => {
  it('tells which elements changed', () => {
    const model = new AccountsModel();
    assert.equal(model.take({ accounts: [facts('a'), facts('b')], problems: [] }), null);
    assert.deepEqual(model.take({ accounts: [facts('a'), facts('b')], problems: [] }), []);
    assert.deepEqual(model.take({ accounts: [facts('a'), facts('b', { keyMissing: true })], problems: [] }), [
      'account:b',
    ]);
    assert.equal(model.waiting(), 1);
    assert.equal(model.take({ accounts: [facts('b'), facts('a')], problems: [] }), null, 'another order');
    assert.equal(model.take({ accounts: [facts('b')], problems: [] }), null);
    assert.equal(model.account('a'), null);
  });

  it('puts problems first', () => {
    const model = new AccountsModel();
    const problem = { text: 'accounts[1]: no', setting: 'ensemble.accounts' };
    assert.equal(model.take({ accounts: [facts('a')], problems: [problem] }), null);
    assert.deepEqual(model.roots(), ['problem:0', 'account:a']);
    assert.deepEqual(model.problem(0), problem);
    assert.equal(model.problem(1), null);
  });

  it('knows who cools down, and until when', () => {
    const model = new AccountsModel();
    const until = '2026-11-21T10:00:00.000Z';
    model.take({ accounts: [facts('a', { status: cooling(until) }), facts('b')], problems: [] });
    assert.deepEqual(model.cooling(), ['account:a']);
    assert.equal(model.isDue(Date.parse(until) - 1), false);
    assert.equal(model.isDue(Date.parse(until)), true);
  });

  it('has stable ids that can be taken apart', () => {
    assert.deepEqual(parseAccountElement(elementOf('x.y-1')), { kind: 'account', name: 'x.y-1' });
    assert.deepEqual(parseAccountElement(elementOf('a', 'today')), { kind: 'detail', name: 'a', detail: 'today' });
    assert.deepEqual(parseAccountElement('problem:3'), { kind: 'problem', index: 3 });
    for (const wrong of ['a', 'account:a/nothing', undefined, 3]) assert.equal(parseAccountElement(wrong), null);
  });
});
