/** What must hold for the development folder and for the package as a user installs it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { inProject } from '../../../scripts/lib/project.mjs';

const manifest = JSON.parse(fs.readFileSync(inProject('package.json'), 'utf8'));
const MAX_ACTIVATION_MS = 1000;

export const options = { target: 'both', files: { 'a.ts': 'export const a = 1;\n' } };

export default async (h) => {
  await h.step('activates and offers the API of the contract', async () => {
    const api = await h.api((value) => ({
      keys: Object.keys(value),
      version: value.apiVersion,
      path: value.storagePath,
    }));
    assert.equal(api.version, 1);
    assert.ok(['apiVersion', 'run', 'onEvent', 'storagePath'].every((key) => api.keys.includes(key)));
    assert.ok(api.path.startsWith(h.dirs.user), api.path);
  });

  await h.step('registers every command that it contributes', async () => {
    const registered = await h.evaluate((vscode) => vscode.commands.getCommands(true));
    const contributed = (manifest.contributes?.commands ?? []).map(({ command }) => command);
    assert.ok(contributed.length > 0);
    assert.deepEqual(
      contributed.filter((command) => !registered.includes(command)),
      [],
    );
  });

  await h.step('shows no raw string key', async () => {
    const shown = await h.evaluate((vscode) =>
      JSON.stringify(vscode.extensions.getExtension('ensemble.ensemble-agents').packageJSON),
    );
    assert.doesNotMatch(shown, /"%[\w.-]+%"/);
  });

  await h.step('activates quickly', async () => {
    const times = await h.activationTimes();
    h.log(times);
    // The goal is 20 ms on an idle machine; this bound only catches what is clearly wrong on a busy one.
    assert.ok(times.load + times.call < MAX_ACTIVATION_MS, JSON.stringify(times));
  });

  await h.step('leaves no error of ours in the log of the server', () => {
    assert.deepEqual(h.server.loadProblems(), []);
    assert.doesNotMatch(h.server.log(), /ensemble-agents.*(error|cannot)/i);
  });
};
