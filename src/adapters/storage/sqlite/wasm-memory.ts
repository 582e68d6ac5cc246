import type { BigIntStats } from 'node:fs';

/** The WebAssembly.Memory object, for which TypeScript has types only together with the browser's. */
export interface GrowingMemory {
  readonly buffer: ArrayBuffer;
}

/**
 * Views of the WebAssembly memory. Growing the memory detaches its buffer, so views are made again when that happened.
 * Addresses are byte offsets; SQLite passes them aligned to the size of what they point at.
 */
export class WasmMemory {
  readonly #decoder = new TextDecoder();
  #memory: GrowingMemory | null = null;
  #bytes = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));

  /** The memory exists only once the module is instantiated. */
  attach(memory: GrowingMemory): void {
    this.#memory = memory;
  }

  get bytes(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }

  get view(): DataView {
    this.#refresh();
    return this.#view;
  }

  /** Text up to the next zero byte. */
  text(address: number): string {
    const bytes = this.bytes;
    return this.#decoder.decode(bytes.subarray(address, bytes.indexOf(0, address)));
  }

  /** Buffers of a readv/writev call. */
  *vectors(address: number, count: number): Generator<{ readonly start: number; readonly length: number }> {
    for (let index = 0; index < count; index++) {
      const at = address + index * 8;
      yield { start: this.view.getUint32(at, true), length: this.view.getUint32(at + 4, true) };
    }
  }

  /** Fills Emscripten's `struct stat` (wasm32, 64-bit off_t and time_t). */
  putStat(address: number, stat: BigIntStats): void {
    const view = this.view;
    const words = [stat.dev, stat.mode, stat.nlink, stat.uid, stat.gid, 0n];
    for (const [index, word] of words.entries())
      view.setUint32(address + index * 4, Number(BigInt.asUintN(32, word)), true);
    view.setBigInt64(address + 24, stat.size, true);
    view.setInt32(address + 32, 4096, true);
    view.setInt32(address + 36, Number(BigInt.asIntN(32, stat.blocks)), true);
    for (const [offset, time] of [
      [40, stat.atimeNs],
      [56, stat.mtimeNs],
      [72, stat.ctimeNs],
    ] as const) {
      view.setBigInt64(address + offset, time / 1_000_000_000n, true);
      view.setUint32(address + offset + 8, Number(time % 1_000_000_000n), true);
    }
    view.setBigInt64(address + 88, BigInt.asIntN(64, stat.ino), true);
  }

  #refresh(): void {
    const buffer = this.#memory?.buffer;
    if (buffer === undefined || buffer === this.#bytes.buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }
}
