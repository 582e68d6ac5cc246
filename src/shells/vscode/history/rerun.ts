import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import type { RerunRequest, RunHandle, TaskRequest } from '../../../core/requests.ts';
import { signalOf } from '../host/cancellation.ts';
import type { Shell } from '../shell.ts';
import { askForHistory, conversationOf, read } from './replay-actions.ts';

type Choice = Pick<RerunRequest, 'model' | 'account' | 'promptVersion'>;

type UsedPrompt = NonNullable<TaskRequest['prompt']>;

const AS_IT_WAS: Choice = { model: null, account: null, promptVersion: null };

/** Makes a call once more with another model, account or version of its prompt, and shows both answers side by side. */
export async function rerun(shell: Shell, argument: unknown): Promise<void> {
  const id = conversationOf(argument);
  if (id === null) return askForHistory();
  shell.runs.requireTrust();
  await read(shell, id);
  const choice = await choose(shell, id);
  if (!choice) return;
  const { history } = await shell.session.open();
  const handle = await withProgress(shell, { kind: 'rerun', conversation: id, ...choice });
  const { status, error, runId } = await handle.result;
  const [made] = (await history.conversations({ runId, limit: 1 })).items;
  if (status === 'completed' && made) return shell.historyFiles.openComparison(made.id, id);
  if (status === 'cancelled' || status === 'interrupted') return;
  throw new EnsembleError(error?.code ?? 'task-failed', error?.message ?? vscode.l10n.t('There is no answer.'), {
    ...(error?.hint ? { hint: error.hint } : {}),
  });
}

/** Starts the run and waits for its end, with a button to stop it. */
async function withProgress(shell: Shell, request: RerunRequest): Promise<RunHandle> {
  const ensemble = await shell.session.open();
  const title = vscode.l10n.t('Asking conversation {0} again', request.conversation);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (_, token) => {
    const handle = await ensemble.start(request, { signal: signalOf(token) });
    await handle.result;
    return handle;
  });
}

async function choose(shell: Shell, id: number): Promise<Choice | undefined> {
  const prompt = await promptOf(shell, id);
  const what = [
    { label: vscode.l10n.t('$(symbol-class) Another Model...'), ask: () => askForModel(shell) },
    { label: vscode.l10n.t('$(account) Another Account...'), ask: () => askForAccount(shell) },
    ...(prompt
      ? [
          {
            label: vscode.l10n.t('$(versions) Another Version of Its Prompt...'),
            ask: () => askForVersion(shell, prompt),
          },
        ]
      : []),
    { label: vscode.l10n.t('$(refresh) The Same Again'), ask: async () => AS_IT_WAS },
  ];
  const title = vscode.l10n.t('Run Conversation {0} Again', id);
  const placeHolder = vscode.l10n.t('What shall be different? Both answers are shown side by side.');
  return (await vscode.window.showQuickPick(what, { title, placeHolder }))?.ask();
}

async function askForModel(shell: Shell): Promise<Choice | undefined> {
  const ensemble = await shell.session.open();
  const configured = ensemble.config.accounts.flatMap(({ provider, models }) =>
    Object.values(models).map((model) => `${provider}/${model}`),
  );
  const used = (await ensemble.history.facets()).models.filter((model) => model.includes('/'));
  const other = { label: vscode.l10n.t('$(edit) Type a Model...'), model: null };
  const items = [...new Set([...configured, ...used])].sort().map((model) => ({ label: model, model }));
  const picked = await vscode.window.showQuickPick([...items, other], {
    placeHolder: vscode.l10n.t('Which model shall answer?'),
  });
  if (!picked) return undefined;
  const prompt = vscode.l10n.t('The model as <provider>/<model>, such as xai/grok-4');
  const model = picked.model ?? (await vscode.window.showInputBox({ prompt }))?.trim();
  return model ? { ...AS_IT_WAS, model } : undefined;
}

async function askForAccount(shell: Shell): Promise<Choice | undefined> {
  const { config } = await shell.session.open();
  const items = config.accounts.map(({ name, provider, enabled }) => ({
    label: name,
    description: enabled ? provider : vscode.l10n.t('{0}, disabled', provider),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Which account shall answer? It takes its own model of the same tier.'),
  });
  return picked && { ...AS_IT_WAS, account: picked.label };
}

/** The version of a prompt of the library that a call was made from; undefined: none. */
async function promptOf(shell: Shell, id: number): Promise<UsedPrompt | undefined> {
  const { runs } = await shell.session.open();
  const { runId } = await read(shell, id);
  const request = await runs.request(runId).catch(() => null);
  return request?.kind === 'run' ? request.prompt : undefined;
}

async function askForVersion(shell: Shell, prompt: UsedPrompt): Promise<Choice | undefined> {
  const { prompts } = await shell.session.open();
  const items = (await prompts.versions(prompt.name)).map(({ version, author, reason }) => ({
    label: version === 0 ? vscode.l10n.t('Built-in') : vscode.l10n.t('Version {0}', version),
    description: version === prompt.version ? vscode.l10n.t('the one that it was made from') : `${author}: ${reason}`,
    version,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Which version of "{0}" shall be asked?', prompt.name),
  });
  return picked && { ...AS_IT_WAS, promptVersion: picked.version };
}
