import { fileURLToPath, pathToFileURL } from "node:url";

/** The value that every objective here computes: what a complete trial must hold. */
export function valueOf({ n }: { readonly n: number }): number {
  return 7 * n + 3;
}

/** What trials do, before they compute their value or instead of it. */
const DEEDS = ["waits", "spins", "throws", "reports", "spawns", "forks"];

const library = pathToFileURL(fileURLToPath(new URL("../../dist/index.js", import.meta.url))).href;

/** A child that nobody but a SIGKILL ends, for a minute. */
const STUBBORN = "trap '' TERM HUP INT; for i in $(seq 60); do sleep 1; done";

const space = `space: { n: int(0, 999_999), deed: choice(${JSON.stringify(DEEDS)}) },
  baseline: { n: 5, deed: "waits" }, stop: failures(false)`;

/** What one attempt computed is one line of truth.txt, in one write: `number attempt value`. */
const body = `
const truth = new URL("truth.txt", import.meta.url);
// children that live in the main process's own objectives are not attune's to find
const apart = !/(main|drive)\\.m?js$/.test(process.argv[1] ?? "");
const stubborn = (detached) => spawn("sh", ["-c", ${JSON.stringify(STUBBORN)}], { stdio: "ignore", detached }).unref();
async function work({ n, deed }, trial) {
  const wait = 1 + (n % 30);
  if (deed === "spins") for (const until = performance.now() + wait; performance.now() < until;);
  else await new Promise((wake) => setTimeout(wake, wait));
  if (deed === "throws") throw new Error("as it should");
  if (deed === "reports") for (const step of [1, 2]) await trial.report(step, n + step);
  if (apart && (deed === "spawns" || deed === "forks")) stubborn(deed === "forks");
  const value = 7 * n + 3;
  appendFileSync(truth, \`\${trial.number} \${trial.attempt} \${value}\\n\`);
  return value;
}`;

/** A search whose objective is a function. */
export function functionProgram(trials: number, seed: number): string {
  return `import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { choice, defineSearch, failures, int } from "attune";
${body}
export default defineSearch({ ${space}, trials: ${trials}, seed: ${seed}, objective: work });
`;
}

/** A search whose objective is the shell script {@link SCRIPT}. */
export function commandProgram(trials: number, seed: number, directory: string): string {
  return `import { choice, command, defineSearch, failures, int } from "attune";
const objective = command(["sh", ${JSON.stringify(`${directory}/work.sh`)}], { cwd: ${JSON.stringify(directory)} });
export default defineSearch({ ${space}, trials: ${trials}, seed: ${seed}, objective });
`;
}

/** The same work as the function's, for a command. */
export const SCRIPT: string = `
sleep 0.0$(( ATTUNE_PARAM_N % 30 / 10 ))$(( ATTUNE_PARAM_N % 10 ))
case $ATTUNE_PARAM_DEED in
  throws) echo "as it should" >&2; exit 3;;
  spawns) sh -c "${STUBBORN.replaceAll("$", "\\$")}" > /dev/null 2>&1 &;;
  forks) setsid sh -c "${STUBBORN.replaceAll("$", "\\$")}" > /dev/null 2>&1 &;;
esac
value=$(( 7 * ATTUNE_PARAM_N + 3 ))
echo "$ATTUNE_TRIAL $ATTUNE_ATTEMPT $value" >> truth.txt
echo $value
`;

/** A search that a program of its own starts through the library, on an evaluator of its own. */
export function libraryProgram(trials: number, seed: number): string {
  return `import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { choice, defineSearch, failures, int } from ${JSON.stringify(library)};
${body}
const evaluator = {
  concurrency: 2,
  async evaluate(task) {
    try {
      const report = async (step, value) => task.report(step, { value });
      const value = await work(task.params, { number: task.number, attempt: task.attempt, report });
      return { state: "complete", values: { value: { value } } };
    } catch (error) {
      return { state: "failed", failure: { kind: "error", message: error.message } };
    }
  },
  async [Symbol.asyncDispose]() {},
};
await defineSearch({ ${space}, trials: ${trials}, seed: ${seed}, objective: work, evaluator, journal: process.argv[2] }).start();
`;
}
