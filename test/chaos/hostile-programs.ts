/** A search that tries each of its deeds once, and something harmless after each. */
const program = (deeds: string): string => `import { spawn, spawnSync } from "node:child_process";
import { writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { choice, defineSearch, failures, int } from "attune";

// whether they run apart from the main process's own code
const apart = !/main\\.js$/.test(process.argv[1] ?? "");
const deeds = {
  fine: () => 1,
  pid: () => process.pid,
${deeds}
};
const first = Object.keys(deeds).flatMap((deed, n) => [{ deed, n }, { deed: "fine", n: n + 100 }]);
export default defineSearch({
  space: { deed: choice(Object.keys(deeds)), n: int(0, 999) },
  first, trials: first.length, seed: 1, sampler: "random", stop: failures(false),
  objective: ({ deed }, trial) => deeds[deed](trial),
});

function shell(script) {
  spawnSync("sh", ["-c", script], { stdio: ["ignore", "inherit", "inherit"] });
}
function named(count) {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => ["name-" + i, i]));
}
`;

/** Objectives that write, return and hold too much of everything. */
export const GREEDY: string = program(`
  // half of it without a line end
  flood() { shell("yes 'a line of text' | head -c 500000000; tr '\\\\0' x < /dev/zero | head -c 500000000"); return 1; },
  text: () => "x".repeat(100_000_000),
  message() { throw new Error("x".repeat(30_000_000)); },
  names: () => named(100_000),
  extras: () => ({ value: 1, ...named(100_000) }),
  samples: () => Array.from({ length: 1_000_000 }, (_, i) => i + 0.123456789),
  async report(trial) { await trial.report(1, named(100_000)); return 1; },
  heap() { for (const held = []; ;) held.push(Array.from({ length: 10_000 }, (_, i) => i + held.length)); },
  channel() {
    if (!apart || !isMainThread) return 1; // file descriptor 3 is the main process's
    const bytes = Buffer.alloc(2 ** 20, "x");
    for (let i = 0; i < 300;) try { writeSync(3, bytes); i++; } catch (error) { if (error.code !== "EAGAIN") throw error; }
    return 1;
  },`);

/** Objectives that cannot be ended, and leave behind what cannot be ended either. */
export const STUBBORN: string = program(`
  ignores() { for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) if (apart) process.on(signal, () => {}); for (;;); },
  waits: () => new Promise(() => setInterval(() => {}, 1e6)),
  children() {
    if (apart) for (const detached of [false, true]) spawn("sh", ["-c", forever], { stdio: "ignore", detached });
    return 1;
  },
  // double fork: no parent, no session, no group in common
  daemon() { if (apart) shell("(setsid sh -c \\"$FOREVER\\" > /dev/null 2>&1 &) > /dev/null 2>&1"); return 1; },
  hangs() { if (apart) shell(forever); for (;;); },`).replace(
  "const deeds = {",
  `const forever = process.env.FOREVER = "trap '' TERM HUP INT; for i in $(seq 60); do sleep 1; done";\nconst deeds = {`,
);
