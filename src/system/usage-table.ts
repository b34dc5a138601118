import { fileOf, processes, type ProcessStat, statOf } from "./process-table.ts";
import { isWithin, markIn } from "./process-tree.ts";

/** Linux tells processor times in hundredths of a second, whatever its own clock does (USER_HZ). */
const TICKS = 100;

/** What the processes of one tree use, as of the last look. */
export class TreeUsage {
  /** The head of the tree, which leads its process group. */
  readonly head: number;
  readonly mark: string;
  readonly members = new Map<number, ProcessStat>();
  /** Processor time of members that are gone, in ticks, except what those who waited for them account for. */
  #gone = 0;

  constructor(head: number, mark: string) {
    this.head = head;
    this.mark = mark;
  }

  /** Bytes that the members hold; what they share is counted for each. */
  get resident(): number {
    let pages = 0;
    for (const { resident } of this.members.values()) pages += resident;
    return pages * pageSize();
  }

  /** Processor time since the tree was first looked at, of members that are gone as well. */
  get cpuSeconds(): number {
    let ticks = this.#gone;
    for (const { own, reaped } of this.members.values()) ticks += own + reaped;
    return ticks / TICKS;
  }

  /** The same bytes with shared pages divided among those who share them, where Linux tells. Costly. */
  proportional(): number {
    let bytes = 0;
    for (const [pid, { resident }] of this.members) {
      const found = /^Pss: *(\d+) kB$/m.exec(fileOf(pid, "smaps_rollup"))?.[1];
      bytes += found === undefined ? resident * pageSize() : Number(found) * 1024;
    }
    return bytes;
  }

  /** Looks at the members that are known; gives {@link cpuSeconds}. */
  refresh(): number {
    const vanished = new Map<number, ProcessStat>();
    /** What members have newly accounted for of those that they waited for. */
    const grown = new Map<number, number>();
    for (const [pid, before] of this.members) {
      const now = statOf(pid);
      if (now === undefined || now.start !== before.start) {
        vanished.set(pid, before);
        this.members.delete(pid);
        continue;
      }
      grown.set(pid, now.reaped - before.reaped);
      this.members.set(pid, now);
    }
    if (vanished.size > 0) this.#account(vanished, grown);
    return this.cpuSeconds;
  }

  /** The time of one that is gone has passed to its parent, or that one's, or is nowhere: then it is kept here. */
  #account(vanished: ReadonlyMap<number, ProcessStat>, grown: ReadonlyMap<number, number>): void {
    const left = new Map<number, number>();
    for (const { parent, own, reaped } of vanished.values()) {
      let heir = parent;
      for (let up = vanished.get(heir); up !== undefined; up = vanished.get(heir)) heir = up.parent;
      left.set(heir, (left.get(heir) ?? 0) + own + reaped);
    }
    for (const [heir, ticks] of left) this.#gone += Math.max(0, ticks - (grown.get(heir) ?? 0));
  }
}

/** The processes of some trees, found with few reads: of a process that is not new, only members are read again. */
export class UsageTable {
  readonly #trees = new Set<TreeUsage>();
  /** Who was there at the last look, with the tree to which it belongs. */
  #known = new Map<number, TreeUsage | undefined>();

  add(tree: TreeUsage): void {
    this.#trees.add(tree);
    for (const pid of this.#known.keys()) if (pid >= tree.head) this.#known.delete(pid); // may have come since it began
  }

  delete(tree: TreeUsage): void {
    this.#trees.delete(tree);
  }

  /** Looks at all of them. */
  read(): void {
    for (const tree of this.#trees) tree.refresh();
    const known = new Map<number, TreeUsage | undefined>();
    // parents mostly have the smaller numbers; a child that comes before its parent is found by its mark
    for (const pid of processes().sort((a, b) => a - b)) {
      const stranger = this.#known.has(pid) && this.#known.get(pid) === undefined;
      const tree = stranger ? undefined : (this.#memberOf(pid) ?? this.#join(pid, known));
      known.set(pid, tree);
    }
    this.#known = known;
  }

  #memberOf(pid: number): TreeUsage | undefined {
    const tree = this.#known.get(pid);
    return tree?.members.has(pid) ? tree : undefined;
  }

  /** By its place, its group or, for one that left both, its environment, which holds the mark of its tree. */
  #join(pid: number, known: ReadonlyMap<number, TreeUsage | undefined>): TreeUsage | undefined {
    const stat = statOf(pid);
    if (stat === undefined) return undefined;
    let tree = known.get(stat.parent);
    for (const each of this.#trees) if (pid === each.head || stat.group === each.head) tree = each;
    if (tree === undefined) {
      const mark = markIn(pid);
      if (mark !== "") for (const each of this.#trees) if (isWithin(mark, each.mark)) tree = each;
    }
    tree?.members.set(pid, stat);
    return tree;
  }
}

let size: number | undefined;

/** Linux counts memory in pages and Node does not tell how large those are: it tells the same amount in bytes. */
function pageSize(): number {
  const pages = statOf(process.pid)?.resident ?? 0;
  return (size ??= pages === 0 ? 4096 : 2 ** Math.round(Math.log2(process.memoryUsage.rss() / pages)));
}
