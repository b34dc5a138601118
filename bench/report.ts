import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { defineSearch, float } from "attune";
import { type Browser, chromium } from "playwright-core";

import { printMachine } from "./support/machine.ts";
import { Sample } from "./support/sample.ts";
import { spaces } from "./support/spaces.ts";
import { printTable } from "./support/table.ts";

const LOADS = 7;
const CHROMIUM = "/usr/bin/chromium";
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

/** Studies, by name: how many trials, how many objectives, and whether of 60 parameters. */
const studies = [
  { name: "1 objective", trials: 100, objectives: 1, wide: false },
  { name: "1 objective", trials: 20_000, objectives: 1, wide: false },
  { name: "2 objectives", trials: 20_000, objectives: 2, wide: false },
  { name: "1 objective, 60 parameters", trials: 20_000, objectives: 1, wide: true },
] as const;

/** Runs a study of 5 floats, or 60, and gives the path of its journal. */
async function study(directory: string, { trials, objectives, wide }: (typeof studies)[number]): Promise<string> {
  const journal = join(directory, `${objectives}-${wide}-${trials}.attune.jsonl`);
  const space = wide
    ? Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`p${i}`, float(0, 1)]))
    : spaces["5 floats"]!;
  await defineSearch({
    space,
    sampler: "random",
    evaluator: "inline",
    seed: 1,
    trials,
    journal,
    trackers: [],
    objectives: objectives === 1 ? { f: "minimize" } : { f: "minimize", g: "minimize" },
    objective(params) {
      const x = Object.values(params as Record<string, number>);
      if (x[0]! > x[1]! && x[1]! < 0.05) throw new Error("too small");
      const f = x.reduce((sum, each) => sum + (each - 0.3) ** 2, 0);
      return { f, ...(objectives === 1 ? {} : { g: x.reduce((sum, each) => sum + (each - 0.6) ** 2, 0) }) };
    },
  }).start();
  return journal;
}

/** Milliseconds from the start of the navigation until the charts in view are drawn, and the rest of them after that. */
async function load(browser: Browser, file: string): Promise<{ first: number; all: number }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    const first = await page
      .waitForFunction("performance.getEntriesByName('attune-drawn')[0]?.startTime")
      .then((handle) => handle.jsonValue() as Promise<number>);
    const all = await page.evaluate<number>(`(() => {
      const began = performance.now();
      dispatchEvent(new Event("beforeprint"));
      return performance.now() - began;
    })()`);
    return { first, all };
  } finally {
    await context.close();
  }
}

if (!existsSync(CHROMIUM)) throw new Error(`Expected ${CHROMIUM}: apt-get install chromium`);
printMachine("report: size and first draw of the HTML report");
const directory = mkdtempSync(join(tmpdir(), "attune-bench-report-"));
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const rows: string[][] = [];
  for (const each of studies) {
    const journal = await study(directory, each);
    const file = journal.replace(".jsonl", ".html");
    const began = performance.now();
    execFileSync(process.execPath, [main, "report", journal, "-o", file]);
    const wrote = (performance.now() - began) / 1000;
    const page = readFileSync(file);
    const bare = page.toString().replace(/(id="data">).*(<\/script>)/, "$1$2");
    const loads: { first: number; all: number }[] = [];
    for (let i = 0; i < LOADS; i++) loads.push(await load(browser, file));
    const kB = (bytes: number): string => `${Math.round(bytes / 1000)}`;
    rows.push([
      each.name,
      each.trials.toLocaleString("en-US"),
      wrote.toFixed(2),
      kB(page.length),
      kB(gzipSync(page).length),
      kB(gzipSync(bare).length),
      `${LOADS}`,
      new Sample(loads.map(({ first }) => first)).text,
      new Sample(loads.map(({ all }) => all)).text,
    ]);
  }
  printTable(
    [
      "study",
      "trials",
      "written in s",
      "kB",
      "kB gzipped",
      "without data",
      "n",
      "first draw ms",
      "the other charts ms",
    ],
    rows,
  );
} finally {
  await browser.close();
  rmSync(directory, { recursive: true, force: true });
}
