import type * as vscode from 'vscode';
import type { Json } from '../../../core/json.ts';
import type { Logger } from '../../../core/ports.ts';

/** Writes to the output channel "Ensemble"; the person chooses the level there. */
export function createLogger(channel: vscode.LogOutputChannel): Logger {
  const line = (message: string, fields?: Record<string, Json>) =>
    fields ? `${message} ${JSON.stringify(fields)}` : message;
  return {
    debug: (message, fields) => channel.debug(line(message, fields)),
    info: (message, fields) => channel.info(line(message, fields)),
    warn: (message, fields) => channel.warn(line(message, fields)),
    error: (message, fields) => channel.error(line(message, fields)),
  };
}
