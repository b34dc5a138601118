import { command, isolated, processes, python, type Evaluator, type EvaluatorFactory } from "attune";
import { fixture, type Peers, taskOf, valueOf } from "./evaluators/ours.ts";
import { givenJob, giveResult, runJob, runProgram } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { MEASURED, pace, WARM } from "./support/pace.ts";
import { findPython, peerProgram } from "./support/python.ts";
import { Sample } from "./support/sample.ts";
import { printTable } from "./support/table.ts";

/** An empty Python objective, 2 workers: how many trials per second, and against which peers. */
const ROUNDS = 7;
const WORKERS = 2;
const LOADS = [64, 2] as const;
const OURS = ["python(), processes", "python(), isolated", "command(), a process per trial"] as const;

interface Job {
  readonly who: (typeof OURS)[number];
  readonly load: (typeof LOADS)[number];
  readonly python: string;
}
interface Contestant {
  readonly name: string;
  readonly load: Job["load"];
  readonly rates: number[];
  rate(): number;
}

async function run({ who, load, python: execPath }: Job): Promise<number> {
  const factory: EvaluatorFactory =
    who === "python(), isolated" ? isolated({ workers: WORKERS }) : processes({ workers: WORKERS });
  const objective = who.startsWith("command")
    ? command([execPath, fixture("add.py"), "{a}"])
    : python(fixture("add.py"), { execPath });
  const evaluator: Evaluator<{ a: number }> = await factory.open({ objective, names: ["value"], log: () => {} });
  const rate = await pace(load, async (a) => valueOf(await evaluator.evaluate(taskOf(a, { a }))));
  await evaluator[Symbol.asyncDispose]();
  return rate;
}

function contestants(execPath: string, deephyper: Peers["deephyper"]): Contestant[] {
  return LOADS.flatMap((load) => {
    const found = OURS.map((who): Contestant => {
      const rate = (): number => runJob<Job, number>("python", { who, load, python: execPath });
      return { name: `attune, ${who}`, load, rates: [], rate };
    });
    if (deephyper === undefined) return found;
    const program = [peerProgram("deephyper_evaluator"), "throughput", "process", `${load}`];
    const args = [...program, `${WARM / 1000}`, `${MEASURED / 1000}`];
    const rate = (): number => runProgram<{ rate: number }>(deephyper, args).rate;
    return [...found, { name: "DeepHyper, process", load, rates: [], rate }];
  });
}

const job = givenJob<Job>();
if (job !== undefined) giveResult(await run(job));
else {
  const deephyper = findPython("deephyper");
  printMachine("python", deephyper ?? "python3", deephyper === undefined ? [] : ["deephyper"]);
  const all = contestants(deephyper ?? "python3", deephyper);
  for (let round = 0; round < ROUNDS; round++) for (const one of all) one.rates.push(one.rate());
  console.log(`## Trials per second, an empty Python objective, ${WORKERS} workers\n`);
  printTable(
    ["who", "in flight", "n", "trials/s, median [quartiles]", "min–max", "python(), processes over this"],
    all.map(({ name, load, rates }) => {
      const [sample, ours] = [new Sample(rates), new Sample(all.find((one) => one.load === load)!.rates)];
      const ratio = name.endsWith(OURS[0]) ? "–" : ours.over(sample).text;
      return [name, `${load}`, `${sample.n}`, sample.text, sample.range, ratio];
    }),
  );
}
