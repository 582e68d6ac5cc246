import type * as code from 'vscode';

/** As much of the editor as its models need; a parameter, so that tests can have an editor of their own. */
export type EditorApi = Pick<
  typeof code,
  | 'lm'
  | 'l10n'
  | 'CancellationTokenSource'
  | 'LanguageModelChatMessage'
  | 'LanguageModelError'
  | 'LanguageModelTextPart'
  | 'LanguageModelToolCallPart'
  | 'LanguageModelToolResultPart'
>;

/** What the person has let this extension use. */
export type ModelAccess = Pick<code.LanguageModelAccessInformation, 'canSendRequest'>;
