import assert from 'node:assert/strict';
import { providerChoices } from '../../../../../src/compose.ts';
import {
  ADD_ACCOUNT,
  type AddDraft,
  EMPTY_DRAFT,
  offers,
  settingOf,
} from '../../../../../src/shells/vscode/accounts/add-account-plan.ts';

const provider = (id: string) => providerChoices().find((choice) => choice.id === id) ?? null;
const test = (ok: boolean) => ({ name: 'a', ok, models: ['m'], latencyMs: 1, error: null });
const steps = (draft: Partial<AddDraft>) => ADD_ACCOUNT.steps({ ...EMPTY_DRAFT, ...draft }).join(' ');

describe('adding an account', () => {
  it('asks a vendor for its key, a server of one’s own for its address, Ollama for neither', () => {
    assert.equal(steps({ provider: provider('xai') }), 'provider name key test models extras');
    assert.equal(steps({ provider: provider('openai-compatible') }), 'provider name address key test models extras');
    assert.equal(steps({ provider: provider('ollama') }), 'provider name test models extras');
    assert.equal(
      steps({ provider: provider('ollama'), otherAddress: true }),
      'provider name address test models extras',
    );
  });

  it('asks nothing more for the models of the editor', () => {
    assert.equal(steps({ editorModels: true }), 'provider');
  });

  it('asks what to do after a failed test instead of asking for models', () => {
    assert.equal(
      steps({ provider: provider('xai'), test: test(false), perTier: true }),
      'provider name key test failed extras',
    );
  });

  it('asks for each tier, limits and budget only on wish', () => {
    assert.equal(
      steps({ provider: provider('xai'), test: test(true), perTier: true, extras: 'both' }),
      'provider name key test models simple medium complex extras requestsPerMinute tokensPerMinute concurrent perDayUSD perMonthUSD',
    );
  });

  it('keeps nothing before it works, unless that is wanted, and only what was set', () => {
    const draft = { ...EMPTY_DRAFT, provider: provider('xai'), name: 'a', key: 'secret' };
    assert.equal(settingOf(draft), null);
    assert.equal(settingOf({ ...draft, test: test(false) }), null);
    assert.deepEqual(settingOf({ ...draft, test: test(false), anyway: true }), { name: 'a', provider: 'xai' });
    const budget = { perDayUSD: 5, perMonthUSD: null };
    const full = { ...draft, test: test(true), baseURL: 'https://h/v1', models: { simple: 'm' }, budget };
    assert.deepEqual(settingOf(full), {
      name: 'a',
      provider: 'xai',
      baseURL: 'https://h/v1',
      models: { simple: 'm' },
      budget,
    });
    assert.doesNotMatch(JSON.stringify(settingOf(full)), /secret/);
  });

  it('finds a model in the list of a provider', () => {
    assert.equal(offers(['models/gemini-2.5-pro'], 'gemini-2.5-pro'), true);
    assert.equal(offers(['grok-4'], 'grok-3'), false);
    assert.equal(offers([], 'grok-3'), true, 'a provider without a list denies nothing');
  });
});
