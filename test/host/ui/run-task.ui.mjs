/** A task by keyboard: a super-agent plans, sub-agents work, an aggregator merges. */
import assert from 'node:assert/strict';
import { agentRows, openResult, SAMPLE, showAgents } from '../lib/product.mjs';

export const options = { files: { 'run.ts': SAMPLE } };

export default async (h) => {
  await h.step('Escape starts nothing', async () => {
    await h.command('Ensemble: Run Task...');
    await h.page.locator('.quick-input-message', { hasText: 'What shall the agents do?' }).waitFor();
    await h.page.keyboard.press('Escape');
    assert.equal(await openResult(h), null);
  });

  await h.step('a task is planned, done and merged', async () => {
    await h.openFile('run.ts');
    await h.command('Ensemble: Run Task...');
    await h.page.locator('.quick-input-message', { hasText: 'What shall the agents do?' }).waitFor();
    await h.page.keyboard.type('Explain the risks of this module');
    await h.page.keyboard.press('Enter');
    const text = await h.until('the result', () => openResult(h));
    assert.match(text, /## Agents/);
    await showAgents(h);
    const rows = await h.until('the agents', async () => {
      const all = await agentRows(h);
      return all.length >= 5 && all.every((row) => /completed/.test(row)) && all;
    });
    h.log(rows);
    assert.match(rows[0], /^Explain the risks of this module, completed/);
    await h.shot('result');
  });
};
