import * as vscode from 'vscode';

/** What a link of a result document asks for. */
export interface LocationArgument {
  readonly uri: string;
  /** 1-based. */
  readonly line: number;
}

/** Shows a line, in the column where its file already is: the result stays beside it. */
export async function openLocation(argument: unknown): Promise<void> {
  if (!isLocation(argument)) return;
  await showLine(vscode.Uri.parse(argument.uri, true), argument.line);
}

/** Shows a line (1-based) with the cursor in it. */
export async function showLine(uri: vscode.Uri, line: number): Promise<void> {
  const name = uri.toString();
  const groups = vscode.window.tabGroups.all;
  const shown = groups.find((group) =>
    group.tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === name),
  );
  const at = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(uri, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
    selection: new vscode.Range(at, at),
  });
}

function isLocation(value: unknown): value is LocationArgument {
  if (typeof value !== 'object' || value === null) return false;
  const { uri, line } = value as Partial<LocationArgument>;
  return typeof uri === 'string' && Number.isInteger(line) && (line ?? 0) > 0;
}
