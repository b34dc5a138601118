import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const plugins = ["samplers", "pruners", "evaluators", "runners", "journals", "trackers"];

/** Each folder may import itself and those listed. docs/architecture.md prints this table; a test below compares. */
const layers: Readonly<Record<string, { readonly may: readonly string[]; readonly pure?: true }>> = {
  space: { may: [], pure: true },
  math: { may: [], pure: true },
  core: { may: ["space"], pure: true },
  samplers: { may: ["core", "space", "math"], pure: true },
  pruners: { may: ["core", "space", "math"], pure: true },
  problems: { may: ["core", "space", "math"], pure: true },
  analysis: { may: ["core", "space", "math"], pure: true },
  formats: { may: ["core", "space"], pure: true },
  study: { may: ["core", "space", "math"], pure: true },
  system: { may: ["core"] },
  charts: { may: ["space", "math", "core", "analysis", "formats", "study", "system"] },
  journals: { may: ["core", "space", "formats", "system"] },
  evaluators: { may: ["core", "space", "formats", "system"] },
  runners: { may: ["core", "evaluators", "formats", "space", "system"] },
  trackers: { may: ["core", "space", "math", "formats", "system"] },
  search: {
    may: ["space", "math", "core", "problems", "analysis", "formats", "study", "system", "charts", ...plugins],
  },
  jobs: { may: ["space", "core", "formats", "system", "evaluators", "search"] },
  testing: {
    may: ["space", "math", "core", "problems", "analysis", "formats", "study", "system", "search", ...plugins],
  },
  cli: {
    may: [
      "space",
      "math",
      "core",
      "problems",
      "analysis",
      "formats",
      "study",
      "system",
      "search",
      ...plugins,
      "charts",
    ],
  },
};
const LINES = 300;

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const text = (file: string): string => readFileSync(join("src", file), "utf8");
const code = (file: string): string => text(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
const imports = (file: string, kinds: "all" | "runtime" = "all"): string[] =>
  Array.from(
    text(file).matchAll(
      /^(?:import|export)\b(?<type> type)?[^;]*?from "(?<from>[^"]+)";|import\("(?<lazy>[^"]+)"\)/gms,
    ),
    (m) => m.groups!,
  )
    .filter(({ type, lazy }) => kinds === "all" || (type === undefined && lazy === undefined))
    .map(({ from, lazy }) => (from ?? lazy)!);
const local = (file: string, kinds?: "all" | "runtime"): string[] =>
  imports(file, kinds)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => normalize(join(dirname(file), specifier)).replace(/\.js$/, ".ts"));
const layerOf = (file: string): string => (file.includes("/") ? file.split("/")[0]! : "");

describe("architecture", () => {
  it("finds the files", () => expect(files.length).toBeGreaterThan(80));

  it("has a rule for every folder", () =>
    expect([...new Set(files.map(layerOf))].filter(Boolean).sort()).toEqual(Object.keys(layers).sort()));

  it.each(files.filter((file) => layerOf(file) !== ""))("%s imports only what its layer may", (file) => {
    const { may, pure } = layers[layerOf(file)]!;
    for (const target of local(file))
      expect([layerOf(file), ...may], `${file} imports ${target}`).toContain(layerOf(target));
    if (pure)
      expect(
        imports(file).filter((specifier) => !specifier.startsWith(".")),
        "pure folders run in a browser",
      ).toEqual([]);
  });

  it.each(files)("%s is short, and takes time and chance only from system/", (file) => {
    expect(text(file).split("\n").length).toBeLessThanOrEqual(LINES);
    expect(code(file)).not.toMatch(/Math\.random/);
    if (layerOf(file) !== "system")
      expect(code(file)).not.toMatch(/\b(Date\.now|setTimeout|setInterval|setImmediate)\b/);
  });

  it("runs no text as code and no command through a shell; what could is in one place each", () => {
    const having = (pattern: RegExp): string[] => files.filter((file) => pattern.test(code(file))).sort();
    expect(having(/\beval\(|\bnew Function\b|"(node:)?vm"|\bexec(Sync)?\b[^;]*"node:child_process"/)).toEqual([]);
    expect(having(/\beval: true/), "text of its own").toEqual(["system/lifeline.ts"]);
    expect(having(/\bimport\((?!")/), "a path").toEqual(["evaluators/worker-launch.ts", "system/module.ts"]);
    const starts = having(/^import \{[^}]*\b(spawn|spawnSync|fork|execFile\w*)\b[^}]*\} from "node:child_process"/m);
    const contract = "testing/contract-objective.ts";
    expect(starts).toEqual(["system/detached.ts", "system/process-tree.ts", "system/reaper.ts", contract]);
    for (const file of [...starts, ...having(/\bspawnTree\(/)]) expect(code(file), file).not.toMatch(/\bshell: /);
    expect(having(/\bcreateServer\b/), "a lock of this host").toEqual(["system/socket-lock.ts"]);
  });

  it("has no import cycle", () => {
    const state = new Map<string, "open" | "done">();
    const visit = (file: string, path: string[]): void => {
      if (state.get(file) === "done") return;
      expect(state.get(file), [...path, file].join(" → ")).not.toBe("open");
      state.set(file, "open");
      for (const next of local(file, "runtime")) visit(next, [...path, file]);
      state.set(file, "done");
    };
    for (const file of files) visit(file, []);
  });

  it("is what docs/architecture.md says", () => {
    const page = readFileSync("docs/architecture.md", "utf8");
    const rows = Array.from(
      page.matchAll(/^\| `(\w+)\/` +\|[^|]*\| ([^|]*)\|$/gm),
      ([, folder, may]) => [folder!, may!.trim()] as const,
    );
    const told = (may: readonly string[]): string => (may.length === 0 ? "nothing" : [...may].sort().join(", "));
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(layers).map(([folder, { may }]) => [folder, told(may)])),
    );
  });

  it.each(plugins)("%s/index.ts exports every plugin of its folder, and nothing is orphaned", async (folder) => {
    const exported = Object.values(
      (await import(`../src/${folder}/index.ts`)) as Record<string, { info?: { name: string } }>,
    ).map(({ info }) => info?.name);
    const defined = files
      .filter((file) => layerOf(file) === folder)
      .flatMap((file) =>
        Array.from(
          text(file).matchAll(/\bname: "([a-z][A-Za-z0-9]*)",\s+(?:version: \d+,\s+)?summary:/g),
          ([, name]) => name!,
        ),
      );
    expect(exported.sort()).toEqual(defined.sort());
    expect(exported.length).toBeGreaterThan(0);
  });
});
