/** A few files of one folder, read and written whole: all that an editor in the browser gives an extension. */
export interface ByteFiles {
  /** The folder, for messages. */
  readonly location: string;
  /** Null where there is no such file. */
  read(name: string): Promise<Uint8Array | null>;
  /** Replaces the file. When it rejects, or its window ends in the middle, any part of the new content may be there. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** Locks that all windows of a browser share; one ends with its window, however that ends. */
export interface WindowLocks {
  /** Runs `body` while no other window runs one under the same name. */
  exclusively<T>(name: string, body: () => Promise<T>): Promise<T>;
  /** Resolves once the lock is held; the function gives it back. */
  hold(name: string): Promise<() => void>;
  /** Names of the locks that any window holds; null: the browser does not tell. */
  held(): Promise<ReadonlySet<string> | null>;
}
