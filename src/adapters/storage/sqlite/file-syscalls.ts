import fs from 'node:fs';
import { errno } from './errno.ts';
import type { FolderSyncs } from './folder-syncs.ts';
import type { OpenFile, RealFiles, RealPath } from './real-files.ts';
import type { WasmMemory } from './wasm-memory.ts';

/**
 * The imports of the WebAssembly module that touch files, under the names that Emscripten gives them. `__syscall_*` return
 * a negative error number, `fd_*` (WASI) a positive one.
 */
export interface FileImports {
  __syscall_openat(folder: number, path: number, flags: number, variadic: number): number;
  __syscall_stat64(path: number, buffer: number): number;
  __syscall_lstat64(path: number, buffer: number): number;
  __syscall_newfstatat(folder: number, path: number, buffer: number, flags: number): number;
  __syscall_faccessat(folder: number, path: number, mode: number, flags: number): number;
  __syscall_unlinkat(folder: number, path: number, flags: number): number;
  __syscall_readlinkat(folder: number, path: number, buffer: number, size: number): number;
  __syscall_utimensat(folder: number, path: number, times: number, flags: number): number;
  __syscall_chmod(path: number, mode: number): number;
  __syscall_fchmod(descriptor: number, mode: number): number;
  __syscall_fchown32(descriptor: number, owner: number, group: number): number;
  __syscall_fstat64(descriptor: number, buffer: number): number;
  __syscall_ftruncate64(descriptor: number, size: bigint): number;
  __syscall_fcntl64(descriptor: number, command: number, variadic: number): number;
  fd_close(descriptor: number): number;
  fd_read(descriptor: number, vectors: number, count: number, read: number): number;
  fd_write(descriptor: number, vectors: number, count: number, written: number): number;
  fd_seek(descriptor: number, offset: bigint, whence: number, position: number): number;
  fd_sync(descriptor: number): number;
  fd_fdstat_get(descriptor: number, buffer: number): number;
  _mmap_js(
    length: number,
    protection: number,
    flags: number,
    descriptor: number,
    offset: bigint,
    allocated: number,
    address: number,
  ): number;
}

/** What the replacements work on. `original` serves every path and descriptor that is not ours. */
export interface SyscallContext {
  readonly original: FileImports;
  readonly memory: WasmMemory;
  readonly files: RealFiles;
  /** How long a lock request waits for other processes, ms. */
  readonly busyMs: number;
}

/** Flags and commands as Emscripten's libc defines them. */
const O_CREAT = 64;
const O_EXCL = 128;
const O_TRUNC = 512;
const SEEK_CUR = 1;
const SEEK_END = 2;
const F_GETLK = 12;
const F_SETLK = 13;
const F_SETLKW = 14;
const F_UNLCK = 2;
const W_OK = 2;
const R_OK = 4;

/** File mode of everything we create: the database holds people's code and prompts. */
const FILE_MODE = 0o600;

/** All replaced imports. */
export function fileSyscalls(context: SyscallContext): FileImports {
  return {
    ...statSyscalls(context),
    ...pathSyscalls(context),
    ...metadataSyscalls(context),
    ...transferSyscalls(context),
    ...lockSyscalls(context),
  };
}

/** Runs a system call; 0 or its result, else the negative error number (always `as`, where given). */
function attempt(files: RealFiles, call: () => number, as?: string): number {
  try {
    return call();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
    // A missing file is an answer, not a failure.
    if (code !== 'ENOENT') files.lastFailure = code;
    return -errno(as ?? code);
  }
}

/** For a call with a path: `ours` on a path of ours, else `otherwise`. */
type AtPath = (path: number, otherwise: () => number, ours: (real: RealPath) => number) => number;

function atPath({ memory, files }: SyscallContext): AtPath {
  return (path, otherwise, ours) => {
    const real = files.resolve(memory.text(path));
    if (real === undefined) return otherwise();
    return real === null ? -errno('ENOENT') : attempt(files, () => ours(real));
  };
}

function statSyscalls(context: SyscallContext) {
  const { original, memory, files } = context;
  const at = atPath(context);
  const stat = (path: number, buffer: number, otherwise: () => number): number => {
    if (files.isPrefix(memory.text(path))) return putFolder(memory, buffer);
    return at(path, otherwise, (real) => {
      memory.putStat(buffer, fs.statSync(real.path, { bigint: true }));
      return 0;
    });
  };
  return {
    __syscall_stat64: (path, buffer) => stat(path, buffer, () => original.__syscall_stat64(path, buffer)),
    // A database may be reached through a link; mounting has followed it already.
    __syscall_lstat64: (path, buffer) => stat(path, buffer, () => original.__syscall_lstat64(path, buffer)),
    __syscall_newfstatat: (folder, path, buffer, flags) =>
      stat(path, buffer, () => original.__syscall_newfstatat(folder, path, buffer, flags)),
  } satisfies Partial<FileImports>;
}

function pathSyscalls(context: SyscallContext) {
  const { original, files } = context;
  const at = atPath(context);
  return {
    __syscall_openat: (folder, path, flags, variadic) =>
      at(
        path,
        () => original.__syscall_openat(folder, path, flags, variadic),
        (real) => {
          const descriptor = open(real, flags);
          if (flags & O_CREAT) files.folderSyncs.opened(real.path, fs.fstatSync(descriptor, { bigint: true }));
          return files.add(descriptor, real);
        },
      ),
    __syscall_faccessat: (folder, path, mode, flags) =>
      at(
        path,
        () => original.__syscall_faccessat(folder, path, mode, flags),
        (real) => {
          fs.accessSync(real.path, (mode & R_OK ? fs.constants.R_OK : 0) | (mode & W_OK ? fs.constants.W_OK : 0));
          return 0;
        },
      ),
    __syscall_unlinkat: (folder, path, flags) =>
      at(
        path,
        () => original.__syscall_unlinkat(folder, path, flags),
        (real) => {
          fs.unlinkSync(real.path);
          files.folderSyncs.removed(real.path);
          return 0;
        },
      ),
    __syscall_readlinkat: (folder, path, buffer, size) =>
      at(
        path,
        () => original.__syscall_readlinkat(folder, path, buffer, size),
        () => -errno('EINVAL'),
      ),
    __syscall_utimensat: (folder, path, times, flags) =>
      at(
        path,
        () => original.__syscall_utimensat(folder, path, times, flags),
        () => 0,
      ),
    __syscall_chmod: (path, mode) =>
      at(
        path,
        () => original.__syscall_chmod(path, mode),
        () => 0,
      ),
  } satisfies Partial<FileImports>;
}

function open(real: RealPath, flags: number): number {
  // Folders are opened to sync them, which Windows has no way to do: -1 stands for nothing to sync.
  if (real.isFolder && process.platform === 'win32') return -1;
  const { constants } = fs;
  const access = [constants.O_RDONLY, constants.O_WRONLY, constants.O_RDWR][flags & 3] ?? constants.O_RDONLY;
  const create = (flags & O_CREAT ? constants.O_CREAT : 0) | (flags & O_EXCL ? constants.O_EXCL : 0);
  return fs.openSync(real.path, access | create | (flags & O_TRUNC ? constants.O_TRUNC : 0), FILE_MODE);
}

/** A folder that exists only for SQLite. */
function putFolder(memory: WasmMemory, buffer: number): number {
  memory.bytes.fill(0, buffer, buffer + 96);
  memory.view.setUint32(buffer + 4, 0o40755, true);
  return 0;
}

function metadataSyscalls({ original, memory, files }: SyscallContext) {
  const on = (descriptor: number, otherwise: () => number, ours: (file: OpenFile) => number): number => {
    const file = files.get(descriptor);
    return file ? attempt(files, () => ours(file)) : otherwise();
  };
  return {
    // Modes and owners are set when a file is made and never changed.
    __syscall_fchmod: (descriptor, mode) =>
      on(
        descriptor,
        () => original.__syscall_fchmod(descriptor, mode),
        () => 0,
      ),
    __syscall_fchown32: (descriptor, owner, group) =>
      on(
        descriptor,
        () => original.__syscall_fchown32(descriptor, owner, group),
        () => 0,
      ),
    __syscall_fstat64: (descriptor, buffer) =>
      on(
        descriptor,
        () => original.__syscall_fstat64(descriptor, buffer),
        (file) => {
          memory.putStat(buffer, fs.fstatSync(file.descriptor, { bigint: true }));
          return 0;
        },
      ),
    __syscall_ftruncate64: (descriptor, size) =>
      on(
        descriptor,
        () => original.__syscall_ftruncate64(descriptor, size),
        (file) => {
          fs.ftruncateSync(file.descriptor, Number(size));
          return 0;
        },
      ),
    fd_fdstat_get: (descriptor, buffer) =>
      on(
        descriptor,
        () => original.fd_fdstat_get(descriptor, buffer),
        (file) => {
          memory.bytes.fill(0, buffer, buffer + 24);
          memory.view.setUint8(buffer, file.isFolder ? 3 : 4);
          return 0;
        },
      ),
    _mmap_js: (length, protection, flags, descriptor, offset, allocated, address) =>
      on(
        descriptor,
        () => original._mmap_js(length, protection, flags, descriptor, offset, allocated, address),
        () => -errno('ENODEV'),
      ),
  } satisfies Partial<FileImports>;
}

function transferSyscalls({ original, memory, files }: SyscallContext) {
  const on = (descriptor: number, otherwise: () => number, ours: (file: OpenFile) => number, as?: string): number => {
    const file = files.get(descriptor);
    return file ? -attempt(files, () => ours(file), as) : otherwise();
  };
  const toDisk = (file: OpenFile) => sync(file, files.folderSyncs);
  type Transfer = (descriptor: number, bytes: Uint8Array, start: number, length: number, position: number) => number;
  const transfer = (file: OpenFile, vectors: number, count: number, total: number, move: Transfer): number => {
    let sum = 0;
    for (const { start, length } of memory.vectors(vectors, count)) {
      const moved = length === 0 ? 0 : move(file.descriptor, memory.bytes, start, length, file.position);
      file.position += moved;
      sum += moved;
      if (moved < length) break;
    }
    memory.view.setUint32(total, sum, true);
    return 0;
  };
  return {
    fd_close: (descriptor) =>
      on(
        descriptor,
        () => original.fd_close(descriptor),
        (file) => {
          files.delete(descriptor);
          if (file.descriptor >= 0) fs.closeSync(file.descriptor);
          return 0;
        },
      ),
    fd_read: (descriptor, vectors, count, read) =>
      on(
        descriptor,
        () => original.fd_read(descriptor, vectors, count, read),
        (file) => transfer(file, vectors, count, read, fs.readSync),
        // SQLite takes EIO of a read for a damaged file, which then would be replaced by its backup.
        'EINVAL',
      ),
    fd_write: (descriptor, vectors, count, written) =>
      on(
        descriptor,
        () => original.fd_write(descriptor, vectors, count, written),
        (file) => transfer(file, vectors, count, written, fs.writeSync),
      ),
    fd_seek: (descriptor, offset, whence, position) =>
      on(
        descriptor,
        () => original.fd_seek(descriptor, offset, whence, position),
        (file) => {
          const base =
            whence === SEEK_CUR ? file.position : whence === SEEK_END ? fs.fstatSync(file.descriptor).size : 0;
          file.position = base + Number(offset);
          memory.view.setBigInt64(position, BigInt(file.position), true);
          return 0;
        },
      ),
    fd_sync: (descriptor) => on(descriptor, () => original.fd_sync(descriptor), toDisk),
  } satisfies Partial<FileImports>;
}

function sync(file: OpenFile, folders: FolderSyncs): number {
  if (file.descriptor < 0) return 0;
  if (!file.isFolder) {
    fs.fdatasyncSync(file.descriptor);
    return 0;
  }
  if (!folders.isDue(file.path)) return 0;
  try {
    fs.fsyncSync(file.descriptor);
    folders.done(file.path);
  } catch {
    // Not every file system can sync a folder; SQLite's own Unix code ignores that too.
  }
  return 0;
}

/**
 * SQLite's five lock states arrive as byte-range locks. They map to one mutex: taken at the first request (SHARED), kept
 * through RESERVED and EXCLUSIVE, given back at "unlock the whole file" (length 0).
 */
function lockSyscalls({ original, memory, files, busyMs }: SyscallContext) {
  const lock = (file: OpenFile): number => {
    const mutex = files.mutexOf(file.path);
    if (!mutex || mutex.held) return 0;
    if (!mutex.acquire(busyMs)) return -errno('EAGAIN');
    if (files.isCurrent(file)) return 0;
    mutex.release();
    return -errno('EIO');
  };
  const unlock = (file: OpenFile, length: bigint): number => {
    if (length === 0n) files.mutexOf(file.path)?.release();
    return 0;
  };
  return {
    __syscall_fcntl64: (descriptor, command, variadic) => {
      const file = files.get(descriptor);
      if (!file) return original.__syscall_fcntl64(descriptor, command, variadic);
      if (command !== F_GETLK && command !== F_SETLK && command !== F_SETLKW) return 0;
      const view = memory.view;
      const request = view.getUint32(variadic, true);
      if (command === F_GETLK) {
        // Asked only while we hold the mutex: nobody else can have a lock.
        view.setInt16(request, F_UNLCK, true);
        return 0;
      }
      const unlocks = view.getInt16(request, true) === F_UNLCK;
      // Were it EACCES, SQLite would take a folder that cannot be written for a lock of somebody else.
      return attempt(files, () => (unlocks ? unlock(file, view.getBigInt64(request + 16, true)) : lock(file)), 'EIO');
    },
  } satisfies Partial<FileImports>;
}
