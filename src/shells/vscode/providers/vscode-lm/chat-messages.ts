import type * as code from 'vscode';
import type { Message, ToolDefinition } from '../../../../core/model.ts';
import { argumentsObject } from '../../../../core/tool-conversation.ts';
import type { EditorApi } from './editor-api.ts';

/** A conversation as the editor's models take it: without a system role, so that instructions are the user's first words. */
export function chatMessages(vscode: EditorApi, messages: readonly Message[]): code.LanguageModelChatMessage[] {
  return messages.map((message) => {
    const { role, content } = message;
    if (role === 'tool') {
      const result = new vscode.LanguageModelToolResultPart(message.toolCallId, [
        new vscode.LanguageModelTextPart(content),
      ]);
      return vscode.LanguageModelChatMessage.User([result]);
    }
    if (role !== 'assistant') return vscode.LanguageModelChatMessage.User(content);
    const calls = (message.toolCalls ?? []).map(
      ({ id, name, arguments: text }) => new vscode.LanguageModelToolCallPart(id, name, argumentsObject(text)),
    );
    const said = content === '' ? [] : [new vscode.LanguageModelTextPart(content)];
    return vscode.LanguageModelChatMessage.Assistant([...said, ...calls]);
  });
}

/** Tools as the editor's models take them. */
export function chatTools(tools: readonly ToolDefinition[]): code.LanguageModelChatTool[] {
  return tools.map(({ name, description, parameters }) => ({ name, description, inputSchema: { ...parameters } }));
}
