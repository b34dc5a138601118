/** One point of a series. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** A whole number. */
  readonly step: number;
}

/** A parameter or a tag. */
export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** What `runs/log-batch` takes. */
export interface Batch {
  readonly metrics?: readonly Metric[];
  readonly params?: readonly Pair[];
  readonly tags?: readonly Pair[];
}

/** The most of each kind, and of all together, that a request may hold. */
const MOST = { metrics: 1000, params: 100, tags: 100, all: 1000 } as const;
/** The most characters of one request, half of the limit of 1 MB for the sake of those that take several bytes. */
const LARGEST = 500_000;

/** The same in as few requests as the server's limits allow; none for nothing. */
export function batches({ metrics = [], params = [], tags = [] }: Batch): Batch[] {
  const out: { metrics: Metric[]; params: Pair[]; tags: Pair[]; size: number }[] = [];
  const place = <K extends "metrics" | "params" | "tags">(
    kind: K,
    entry: Batch[K] extends readonly (infer E)[] | undefined ? E : never,
  ): void => {
    const size = JSON.stringify(entry).length;
    let last = out.at(-1);
    const full =
      last === undefined ||
      last[kind].length >= MOST[kind] ||
      last.metrics.length + last.params.length + last.tags.length >= MOST.all ||
      last.size + size > LARGEST;
    if (full) out.push((last = { metrics: [], params: [], tags: [], size: 0 }));
    (last![kind] as unknown[]).push(entry);
    last!.size += size;
  };
  for (const tag of tags) place("tags", tag);
  for (const param of params) place("params", param);
  for (const metric of metrics) place("metrics", metric);
  return out.map(({ metrics: m, params: p, tags: t }) => ({ metrics: m, params: p, tags: t }));
}

/** Tags of an object's entries; what is undefined is left out. */
export function pairs(of: Readonly<Record<string, string | number | undefined>>): Pair[] {
  return Object.entries(of).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: String(value) }]));
}
