import { importOrchestration } from './import-operations.ts';
import {
  backUp,
  checkDatabase,
  compactDatabase,
  copyTo,
  listBackups,
  restoreBackup,
} from './maintenance-operations.ts';
import { alone } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import type { ArgumentsOf, RequestOf, ResultOf } from './request.ts';
import { databaseStatus } from './status-operation.ts';

/** Everything the client can ask of the worker: what any database can, and care for the file itself. */
export const FILE_OPERATIONS = {
  ...OPERATIONS,
  listBackups: alone(listBackups),
  backUp: alone(backUp),
  restoreBackup: alone(restoreBackup),
  checkDatabase: alone(checkDatabase),
  importOrchestration: alone(importOrchestration),
  compactDatabase: alone(compactDatabase),
  copyTo: alone(copyTo),
  databaseStatus: alone(databaseStatus),
} as const;

type FileOperations = typeof FILE_OPERATIONS;

export type OperationName = keyof FileOperations;

export type Arguments<Name extends OperationName> = ArgumentsOf<FileOperations, Name>;

export type Result<Name extends OperationName> = ResultOf<FileOperations, Name>;

/** One call as it travels to the worker. */
export type Request = RequestOf<FileOperations>;
