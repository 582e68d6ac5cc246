import * as vscode from 'vscode';
import type { LocationArgument } from '../commands/open-location.ts';
import { linksIn } from './link-lines.ts';
import { RESULT_SCHEME } from './result-path.ts';

/**
 * Makes the mentions of lines in result documents lead there. Each link is a call of our own command with an address as
 * its only argument: whatever a model has written, no other command can be behind it.
 */
export function registerResultLinks(): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider(
    { scheme: RESULT_SCHEME },
    {
      provideDocumentLinks: (document) =>
        linksIn(document.getText()).map(({ start, end, uri, line }) => {
          const argument: LocationArgument = { uri, line };
          const target = vscode.Uri.from({
            scheme: 'command',
            path: 'ensemble.openLocation',
            query: JSON.stringify(argument),
          });
          const link = new vscode.DocumentLink(
            new vscode.Range(document.positionAt(start), document.positionAt(end)),
            target,
          );
          link.tooltip = vscode.l10n.t('Go to line {0}', line);
          return link;
        }),
    },
  );
}
