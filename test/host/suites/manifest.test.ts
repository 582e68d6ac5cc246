import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS } from '../../../src/shells/vscode/commands/commands.ts';

/** An entry that runs a command, or one that opens a submenu. */
interface MenuEntry {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
  readonly group?: string;
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly submenus: readonly { readonly id: string; readonly label: string }[];
    readonly viewsWelcome: readonly { readonly contents: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { readonly scope: string }>> }[];
  };
}

describe('the manifest', () => {
  const extension = vscode.extensions.getExtension('ensemble.ensemble-agents');
  const manifest = extension?.packageJSON as Manifest;

  it('contributes exactly the commands that are registered', async () => {
    await extension?.activate();
    const registered = (await vscode.commands.getCommands(true)).filter((id) => id.startsWith('ensemble.'));
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    // The view's container brings commands of the editor's own, such as `ensemble.agents.focus`.
    const ours = registered.filter((id) => id.split('.').length === 2);
    assert.deepEqual(ours.sort(), [...contributed].sort());
  });

  it('knows what each of them does', () => {
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    assert.deepEqual(Object.keys(COMMANDS).sort(), [...contributed].sort());
  });

  it('gives every command a title in title case and our category', () => {
    for (const { command, title, category } of manifest.contributes.commands) {
      assert.equal(category, 'Ensemble', command);
      assert.match(title, /^[A-Z]/, command);
      assert.doesNotMatch(title, /%/, command);
    }
  });

  it('names existing commands in menus and welcome texts', async () => {
    const known = new Set(await vscode.commands.getCommands(true));
    const menus = Object.values(manifest.contributes.menus).flatMap((entries) =>
      entries.flatMap(({ command }) => command ?? []),
    );
    const links = manifest.contributes.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/\(command:([\w.]+)\)/g)].map(([, command]) => command ?? ''),
    );
    assert.ok(links.length >= 6);
    assert.deepEqual(
      [...menus, ...links].filter((command) => !known.has(command)),
      [],
    );
  });

  it('offers what the buttons of rows and views do to the keyboard too', () => {
    const { menus } = manifest.contributes;
    const rows = menus['view/item/context'] ?? [];
    const viewOf = ({ when }: MenuEntry) => viewName(when);
    const isButton = ({ group = '' }: MenuEntry) => group.startsWith('inline');
    for (const button of rows.filter(isButton)) {
      const inMenu = rows.some(
        (one) => !isButton(one) && one.command === button.command && viewOf(one) === viewOf(button),
      );
      assert.ok(inMenu, `${button.command} of ${viewOf(button)} is in no context menu`);
    }
    const hidden = (menus.commandPalette ?? []).filter(({ when }) => when === 'false').map(({ command }) => command);
    for (const { command } of menus['view/title'] ?? []) assert.ok(!hidden.includes(command), command);
  });

  it('has one place for each button of a view', () => {
    const places = (manifest.contributes.menus['view/title'] ?? []).filter(({ group = '' }) =>
      /^navigation/.test(group),
    );
    for (const one of places) {
      const same = places.filter(({ group, when }) => group === one.group && viewName(when) === viewName(one.when));
      // Two that take turns, such as a filter and its end.
      const turns = same.every(({ when = '' }) => when.includes('&&'));
      assert.ok(same.length === 1 || (same.length === 2 && turns), `${one.command} shares ${one.group}`);
    }
  });

  it('puts one submenu into each context menu, whose first entry reviews', () => {
    const { menus, submenus } = manifest.contributes;
    for (const [menu, submenu] of [
      ['editor/context', 'ensemble.editorMenu'],
      ['explorer/context', 'ensemble.explorerMenu'],
    ] as const) {
      assert.deepEqual(
        menus[menu]?.map((entry) => entry.submenu),
        [submenu],
      );
      assert.ok(submenus.some(({ id }) => id === submenu));
    }
    const [first] = menus['ensemble.editorMenu'] ?? [];
    assert.deepEqual([first?.command, first?.when], ['ensemble.reviewSelection', 'editorHasSelection']);
  });

  it('lets no workspace set accounts, endpoints, budgets, prices, traces or the database', () => {
    const properties = Object.assign({}, ...manifest.contributes.configuration.map((section) => section.properties));
    for (const [key, { scope }] of Object.entries(properties as Record<string, { scope: string }>)) {
      const risky = /accounts|quotaGroups|loadBalancing|budget|prices|databasePath|tracing|history|guardrails/.test(
        key,
      );
      assert.ok(risky ? ['application', 'machine'].includes(scope) : scope === 'window', `${key}: ${scope}`);
    }
  });
});

function viewName(when = ''): string | undefined {
  return /view == ([\w.]+)/.exec(when)?.[1];
}
