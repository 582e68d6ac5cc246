import * as vscode from 'vscode';
import type { Diagnostic, Diagnostics } from '../../../core/agents/tools/tool.ts';
import type { EditorWorkspace } from './editor-workspace.ts';

/** What the editor's extensions say about the files of the open folders at this moment. */
export function editorDiagnostics(workspace: EditorWorkspace): Diagnostics {
  return {
    list(file) {
      const uri = file === null ? null : workspace.uriOf(file);
      if (file !== null) return uri ? vscode.languages.getDiagnostics(uri).map((one) => diagnosticOf(file, one)) : [];
      return vscode.languages.getDiagnostics().flatMap(([place, all]) => {
        const path = workspace.pathOf(place);
        return path === null ? [] : all.map((one) => diagnosticOf(path, one));
      });
    },
  };
}

function diagnosticOf(file: string, { range, severity, message, source }: vscode.Diagnostic): Diagnostic {
  return { file, line: range.start.line + 1, severity: SEVERITIES[severity], message, source: source ?? '' };
}

const SEVERITIES = {
  [vscode.DiagnosticSeverity.Error]: 'error',
  [vscode.DiagnosticSeverity.Warning]: 'warning',
  [vscode.DiagnosticSeverity.Information]: 'information',
  [vscode.DiagnosticSeverity.Hint]: 'hint',
} as const;
