import { bytes } from "./near-rows-bytes.ts";

/** What near-rows.wat exports: byte addresses in, the number of near groups out. */
export type Find = (
  from: number,
  to: number,
  width: number,
  groups: number,
  starts: number,
  centres: number,
  behind: number,
  points: number,
  tops: number,
  found: number,
  sums: number,
) => number;

interface Memory {
  readonly buffer: ArrayBuffer;
}
/** What is used of the global WebAssembly, whose types come with browsers only. */
interface Engine {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number }) => Memory;
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly find: Find } };
}

/** Bytes of a page of WebAssembly memory. */
const PAGE = 0x10000;

/** The compiled module, once it is asked for; null where there is no SIMD. */
let compiled: object | null | undefined;

/** A memory of at least so many bytes, and `find` on it; undefined where there is no SIMD, or no such memory. */
export function openKernel(length: number): { readonly buffer: ArrayBuffer; readonly find: Find } | undefined {
  const { WebAssembly: engine } = globalThis as unknown as { WebAssembly?: Engine };
  if (compiled === undefined) {
    const module = Uint8Array.from(atob(bytes), (byte) => byte.charCodeAt(0));
    compiled = engine?.validate(module) ? new engine.Module(module) : null;
  }
  if (engine === undefined || compiled === null) return undefined;
  try {
    const memory = new engine.Memory({ initial: Math.ceil(length / PAGE) });
    return { buffer: memory.buffer, find: new engine.Instance(compiled, { env: { memory } }).exports.find };
  } catch {
    return undefined; // the address space is limited: without it everything goes slower, not wrong
  }
}
