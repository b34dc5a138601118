import type { ChildProcess } from "node:child_process";
import { markOf } from "./process-tree.ts";
import { TreeUsage, UsageTable } from "./usage-table.ts";

/** What the processes of one tree may use together. */
export interface UsageLimits {
  /** Bytes of memory. */
  readonly memory?: number;
  /** Seconds of processor time since {@link UsageWatch.begin}. */
  readonly cpuSeconds?: number;
}

/** Milliseconds between looks; the short one when a tree holds more than so much of its memory limit. */
const CALM = 100;
const TENSE = 25;
const TENSION = 0.6;

/** All watches of this process look at the same time, at one reading of the process table. */
const watches = new Set<UsageWatch>();
let table: UsageTable | undefined;
let timer: NodeJS.Timeout | undefined;

/**
 * Watches what a child of `spawnTree` and everything that it started use, and tells once when a limit is exceeded. It
 * looks ten times a second, and forty times while the memory is nearly used up; its timer keeps no process alive. On
 * Linux only: elsewhere it never tells.
 *
 * Memory is what is resident; before a limit is told to be exceeded, pages that processes share are counted once
 * (proportional set size), where the kernel says. A process that allocates 1 GB per second is told on some 30 MB above
 * a limit of 250 MB, some 60 MB above one of 2 GB; nothing stops one that is faster. Processor time includes that of
 * processes which ended meanwhile; only what lived between two
 * looks, left its parents and was waited for by init escapes.
 */
export class UsageWatch {
  readonly #tree: TreeUsage;
  readonly #limits: UsageLimits;
  readonly #exceeded: (limit: keyof UsageLimits, message: string) => void;
  /** The processor time that the tree had used when the attempt began. */
  #zero: number | undefined = undefined;
  #told = false;

  /** `exceeded` is told which limit, and a sentence that says by what; once, and again once per attempt. */
  constructor(child: ChildProcess, limits: UsageLimits, exceeded: (limit: keyof UsageLimits, message: string) => void) {
    const mark = markOf(child);
    this.#tree = new TreeUsage(child.pid ?? 0, mark ?? "");
    this.#limits = limits;
    this.#exceeded = exceeded;
    const limited = limits.memory !== undefined || limits.cpuSeconds !== undefined;
    if (mark === undefined || !limited || process.platform !== "linux") return;
    watches.add(this);
    (table ??= new UsageTable()).add(this.#tree);
    arm(CALM);
  }

  /** Another attempt begins: its processor time is counted from here. */
  begin(): void {
    this.#told = false;
    if (this.#limits.cpuSeconds === undefined || !watches.has(this)) return;
    this.#zero = this.#tree.refresh();
  }

  /** Watches no longer. */
  stop(): void {
    watches.delete(this);
    table?.delete(this.#tree);
    if (watches.size > 0) return;
    clearTimeout(timer);
    timer = table = undefined;
  }

  /** Judges what was last seen; the milliseconds until the next look. */
  check(): number {
    const { memory = Infinity, cpuSeconds = Infinity } = this.#limits;
    const used = this.#zero === undefined ? 0 : this.#tree.cpuSeconds - this.#zero;
    const shared = this.#tree.resident > memory;
    const held = shared ? this.#tree.proportional() : this.#tree.resident;
    if (held > memory) {
      const [size, unit] = memory < 1e6 ? [1e3, "kB"] : memory < 1e10 ? [1e6, "MB"] : [1e9, "GB"];
      const limit = Number((memory / size).toFixed(1));
      this.#tell(
        "memory",
        `its processes hold ${above(held / size, limit)} ${unit}, more than the limit of ${limit} ${unit}`,
      );
    } else if (used > cpuSeconds)
      this.#tell(
        "cpuSeconds",
        `used ${above(used, cpuSeconds)} s of processor time, more than the limit of ${cpuSeconds} s`,
      );
    return held > memory * TENSION && !shared ? TENSE : CALM;
  }

  #tell(limit: keyof UsageLimits, message: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#exceeded(limit, message);
  }
}

function arm(pause: number): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    table?.read();
    let next = CALM;
    for (const watch of watches) next = Math.min(next, watch.check());
    if (watches.size > 0) arm(next);
  }, pause).unref();
}

/** A number in so few digits that it is still seen to be above another one. */
function above(x: number, limit: number): string {
  for (let digits = limit < 100 ? 1 : 0; digits < 6; digits++) {
    const text = x.toFixed(digits);
    if (Number(text) > limit) return text;
  }
  return String(x);
}
