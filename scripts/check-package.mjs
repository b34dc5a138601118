// Packs the package and uses it as a stranger would: an empty project that installs the tarball, imports it, runs its
// binary and type-checks against it. Then publint and attw look at the tarball.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TUNE = `import { choice, defineSearch, int } from "attune";
export default defineSearch({
  space: { n: int(1, 9, { default: 5 }), mode: choice(["a", "b"], { default: "a" }) },
  objective: ({ n, mode }) => n + mode.length,
  seed: 1,
});
`;
const USE = `import { defineSearch, int, SearchResult } from "attune";
import { readSpace } from "attune/space";
import { genetic } from "attune/samplers";
import { defineJobs } from "attune/jobs";
const result = await defineSearch({ space: { n: int(1, 9) }, objective: ({ n }) => n, sampler: genetic({ pool: 6 }), trials: 9 }).start();
if (result.best.params.n !== 1 || !(result instanceof SearchResult)) throw new Error("wrong result");
if (readSpace({ n: { type: "int", low: 1, high: 2 } }).size !== 2) throw new Error("wrong space");
const handle = defineJobs({ template: { name: "twice", run: [process.execPath, "-p", "2 * {n}"] }, space: { n: int(1, 3) }, sampler: "grid", trials: 3 }).start();
await handle;
if (handle.top(1)[0].values.value !== 2) throw new Error("wrong job");
`;

const root = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "attune-package-"));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

try {
  run(process.execPath, ["scripts/setup.mjs"], root);
  run(npm, ["pack", "--silent", "--pack-destination", project], root);
  const tarball = join(
    project,
    readdirSync(project).find((name) => name.endsWith(".tgz")),
  );
  run(process.execPath, [bin("publint"), "run", tarball, "--strict"], root);
  run(process.execPath, [bin("attw"), tarball, "--profile", "esm-only"], root);

  const user = join(project, "user");
  mkdirSync(user);
  const write = (name, text) => writeFileSync(join(user, name), text);
  write("package.json", JSON.stringify({ name: "user", private: true, type: "module" }));
  run(npm, ["install", "--silent", "--no-audit", "--no-fund", tarball], user);
  write("tune.ts", TUNE);
  write("use.mjs", USE);
  write(
    "tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        module: "nodenext",
        target: "es2022",
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: false,
        types: [],
      },
      files: ["tune.ts"],
    }),
  );
  run(process.execPath, [bin("tsc"), "-p", join(user, "tsconfig.json")], user);
  run(process.execPath, ["use.mjs"], user);
  const attune = join(user, "node_modules", ".bin", "attune");
  for (const evaluator of ["processes", "threads", "isolated", "inline"])
    run(attune, ["run", "tune.ts", "--quiet", "--fresh", "--trials", "6", "--evaluator", evaluator], user);
  write("train.py", "def objective(p):\n    return (p['x'] - 0.5) ** 2\n");
  const words = ["--quiet", "--trials", "6", "--param", "x=float:0:1", "--minimize", "loss", "train.py"];
  if (spawnSync("python3", ["--version"]).status === 0) run(attune, ["run", ...words], user);
  const best = run(attune, ["best", "tune.attune.jsonl", "--json"], user);
  if (JSON.parse(best).state !== "complete") throw new Error(`attune best --json printed ${best}`);
  console.log("the packed package installs, imports, runs and type-checks");
} finally {
  rmSync(project, { recursive: true, force: true });
}

function bin(name) {
  const files = {
    publint: "publint/src/cli.js",
    attw: "@arethetypeswrong/cli/dist/index.js",
    tsc: "typescript/bin/tsc",
  };
  return join(root, "node_modules", files[name]);
}

function run(file, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, encoding: "utf8" });
  if (status === 0) return stdout;
  console.error(`${file} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}\n${stdout}\n${stderr}`);
  process.exit(1);
}
