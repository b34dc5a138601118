import { Socket } from "node:net";
import { inspect } from "node:util";
import { fileURLToPath } from "node:url";
import { AttuneError, isAttuneError, messageOf } from "../core/errors.ts";
import type { ObjectiveFunction, Workload } from "../core/evaluator.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Verdict } from "../core/pruner.ts";
import { loadModule } from "../system/module.ts";
import { endGroup, endGroupWith } from "../system/lifeline.ts";
import { killTreesNow } from "../system/process-tree.ts";
import { Attempt, thrown } from "./attempt.ts";
import { encode, type HostMessage, Lines, PROTOCOL_VERSION, type WorkerMessage } from "./protocol.ts";

/** The file descriptors that the host gives a worker: the protocol's, and one that closes when the host is gone. */
const CHANNEL = 3;
const LIFELINE = 4;
/** Marks a search, also one of another copy of attune. */
const search = Symbol.for("attune.search");

interface Exchange {
  resolve(verdict: Verdict): void;
  reject(error: Error): void;
}

const channel = new Socket({ fd: CHANNEL });
const exchanges = new Map<number, Exchange>();
let reports = 0;
let workload: Pick<Workload, "names" | "limited"> = { names: [] };
let objective: ObjectiveFunction | undefined;
let current: { readonly number: number; readonly attempt: Attempt } | undefined;

function send(message: WorkerMessage): void {
  channel.write(encode(message));
}

function receive(message: HostMessage): void {
  if (message.type === "run") return run(message);
  if (message.type === "hello") return void greet(message);
  if (message.type === "abort") {
    if (current?.number === message.number) current.attempt.abort(new DOMException(message.reason, "AbortError"));
    return;
  }
  const exchange = exchanges.get(message.id);
  exchanges.delete(message.id);
  if (message.verdict === undefined) exchange?.reject(new Error(message.refused ?? "the report was refused"));
  else exchange?.resolve(message.verdict);
}

async function greet({ version, module, ...hello }: HostMessage & { type: "hello" }): Promise<void> {
  try {
    if (version !== PROTOCOL_VERSION)
      throw new AttuneError("evaluator", `This worker speaks protocol ${PROTOCOL_VERSION}, the host ${version}`);
    workload = hello;
    objective = await objectiveOf(module);
    send({ type: "ready", version: PROTOCOL_VERSION });
  } catch (error) {
    const stack = error instanceof Error && !isAttuneError(error) ? `\n${error.stack}` : "";
    send({ type: "broken", message: messageOf(error) + stack });
  }
}

async function objectiveOf(module: string): Promise<ObjectiveFunction> {
  const file = module.startsWith("file:") ? fileURLToPath(module) : module;
  const found = (await loadModule(file))["default"];
  if (typeof found !== "object" || found === null || !(search in found))
    throw new AttuneError("objective", `Expected ${file} to export a search: \`export default defineSearch({ … })\``);
  const { spec } = found as { readonly spec?: { readonly objective?: unknown } };
  if (typeof spec?.objective !== "function")
    throw new AttuneError("objective", `Expected the search in ${file} to have an \`objective\` function`);
  return spec.objective as ObjectiveFunction;
}

function run(message: HostMessage & { type: "run" }): void {
  const { number } = message;
  const report = (step: number, values: Readonly<Record<string, number>>): Promise<Verdict> =>
    new Promise((resolve, reject) => {
      const id = reports++;
      exchanges.set(id, { resolve, reject });
      send({ type: "report", id, number, step, values });
    });
  const attempt = new Attempt({ ...message, report }, workload);
  current = { number, attempt };
  const outcome = attempt.run(objective!, message.params);
  if (outcome instanceof Promise) void outcome.then((value) => finish(attempt, value));
  else finish(attempt, outcome);
}

function finish(attempt: Attempt, outcome: Outcome, last?: true): void {
  if (current?.attempt !== attempt) return;
  current = undefined;
  send({ type: "done", number: attempt.number, outcome, ...(last ? { last } : {}) });
}

/** What nobody caught fails the trial that runs. Its objective may still be going on, so this worker ends with it. */
process.on("uncaughtException", (error: unknown) => {
  if (current) finish(current.attempt, thrown(error), true);
  else process.stderr.write(`${inspect(error)}\n`);
});

const lines = new Lines((line) => receive(JSON.parse(line) as HostMessage));
channel.on("error", () => {});
channel.on("data", (bytes: Buffer) => lines.push(bytes));
channel.on("close", () => {
  killTreesNow();
  endGroup();
});
endGroupWith(LIFELINE);
