import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { choice, defineSearch, float, int, optional, variant } from "attune";
import { afterAll } from "vitest";
import { createRandom } from "../../src/core/random.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-report-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a name or a message may hold that no page may take for HTML. */
export const HOSTILE = `</script><script>document.title="taken"</script><img src=x onerror=alert(1)> & 'so' "on" \u2028`;

const space = {
  level: int(1, 9),
  [`mode <b>`]: choice(["plain", "<i>fast</i>", "safe"]),
  window: int(1024, 1 << 20, { log: true }),
  rate: float(1e-5, 1e-1, { log: true }),
  schedule: variant({ static: {}, dynamic: { chunk: int(1, 64, { log: true }) } }),
  flag: optional("-f", { absent: 0.5 }),
};
const baseline = { level: 6, "mode <b>": "plain", window: 32768, rate: 1e-3, schedule: { kind: "static" } } as const;

/** Kinds of studies that a report must bear. */
export const kinds = {
  /** One objective, a baseline, a limit, failures, pruned trials, reports. */
  one: { objectives: { ms: "minimize" }, baseline, constraints: { rss: { max: 900 } } },
  /** Two, of which one is maximised. */
  two: { objectives: { ms: "minimize", quality: "maximize" }, baseline, constraints: { rss: { max: 900 } } },
  /** Three, without a baseline. */
  three: { objectives: { ms: "minimize", quality: "maximize", rss: "minimize" } },
  /** Nothing ever succeeds. */
  failing: { objectives: { ms: "minimize" } },
} as const;

/** Runs a study and gives the path of its journal. */
export async function study(kind: keyof typeof kinds, trials: number): Promise<string> {
  const journal = join(directory, `${kind}-${trials}.attune.jsonl`);
  const random = createRandom(kind);
  const reporting = kind === "one" && trials <= 1000;
  await defineSearch({
    space,
    sampler: "random",
    evaluator: "inline",
    seed: 1,
    trials,
    journal,
    trackers: [],
    ...kinds[kind],
    objective(p, trial) {
      if (kind === "failing" || (p.level === 9 && random.uniform() < 0.7)) throw new Error(`level 9 ${HOSTILE}`);
      if (p.window > 500_000 && random.uniform() < 0.3) return { ms: NaN, quality: 1, rss: 1 };
      const chunk = p.schedule.kind === "dynamic" ? Math.abs(Math.log2(p.schedule.chunk) - 3) : 5;
      const ms =
        20 + (p.level - 5) ** 2 + 4 * (Math.log10(p.rate) + 2.6) ** 2 + chunk + (p.flag ? 0 : 3) + random.uniform();
      if (reporting) for (let step = 1; step <= 5; step++) trial.reportSync(step, { ms: ms * (1 + 1 / step) });
      return {
        ms,
        quality: p.level * 3 + Math.log2(p.window) + random.uniform(),
        rss: 300 + p.window / 2000 + 400 * random.uniform(),
      };
    },
  }).start();
  return journal;
}

/** A study of many parameters. */
export async function wideStudy(parameters: number, trials: number): Promise<string> {
  const journal = join(directory, `wide-${trials}.attune.jsonl`);
  const many = Object.fromEntries(
    Array.from({ length: parameters }, (_, i) => [
      `-fa-parameter-with-a-long-name-${i}`,
      i % 4 ? float(0, 1) : choice(["yes", "no"]),
    ]),
  );
  await defineSearch({
    space: many,
    sampler: "random",
    evaluator: "inline",
    seed: 1,
    trials,
    journal,
    trackers: [],
    objective: (p) =>
      Object.values(p).reduce((s: number, x, i) => s + (typeof x === "number" ? (x - 0.3) ** 2 / (i + 1) : 0), 0),
  }).start();
  return journal;
}
