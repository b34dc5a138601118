import { isMainThread } from "node:worker_threads";
import { inspect } from "node:util";
import { AttuneError, isAttuneError, messageOf } from "../core/errors.ts";
import type { ObjectiveFunction, Workload } from "../core/evaluator.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Verdict } from "../core/pruner.ts";
import { keepCompiledCode } from "../system/compile-cache.ts";
import { Attempt, thrown } from "./attempt.ts";
import { lend } from "./lease-environment.ts";
import { type HostMessage, PROTOCOL_VERSION } from "./protocol.ts";
import { processLink } from "./worker-link-process.ts";
import { threadLink } from "./worker-link-thread.ts";
import { objectiveOf } from "./worker-objective.ts";

type Values = Readonly<Record<string, number>>;

interface Exchange {
  resolve(verdict: Verdict): void;
  reject(error: Error): void;
}

/** The one program of every worker, in a process of its own or in a thread. */
const link = isMainThread ? processLink() : threadLink();
const exchanges = new Map<number, Exchange>();
let reports = 0;
let workload: Pick<Workload, "names" | "limited"> = { names: [] };
let objective: ObjectiveFunction | undefined;
let current: { readonly number: number; readonly attempt: Attempt; readonly restore: () => void } | undefined;

function receive(message: HostMessage): void {
  if (message.type === "run") return run(message);
  if (message.type === "hello") return void greet(message);
  if (message.type === "end") return link.leave();
  if (message.type === "abort") {
    if (current?.number === message.number) current.attempt.abort(aborted(message.reason));
    return;
  }
  const exchange = exchanges.get(message.id);
  exchanges.delete(message.id);
  if (message.verdict === undefined) exchange?.reject(refused(message));
  else exchange?.resolve(message.verdict);
}

function aborted(reason: string): Error {
  return new DOMException(reason, "AbortError");
}

function refused({ refused = "the report was refused" }: { readonly refused?: string }): Error {
  return new Error(refused);
}

async function greet(hello: HostMessage & { type: "hello" }): Promise<void> {
  try {
    if (hello.version !== PROTOCOL_VERSION)
      throw new AttuneError("evaluator", `This worker speaks protocol ${PROTOCOL_VERSION}, the host ${hello.version}`);
    workload = hello;
    objective = await objectiveOf(hello);
    link.send({ type: "ready", version: PROTOCOL_VERSION });
  } catch (error) {
    const stack = error instanceof Error && !isAttuneError(error) ? `\n${error.stack}` : "";
    link.send({ type: "broken", message: messageOf(error) + stack });
  }
}

function run(message: HostMessage & { type: "run" }): void {
  const { number, leases } = message;
  const report = (step: number, values: Values): Promise<Verdict> =>
    new Promise((resolve, reject) => {
      const id = reports++;
      exchanges.set(id, { resolve, reject });
      link.send({ type: "report", id, number, step, values });
    });
  const reportSync = (step: number, values: Values): Verdict => {
    const answer = link.exchange({ type: "report", id: reports++, number, step, values });
    if (answer.type === "verdict" && answer.verdict !== undefined) return answer.verdict;
    if (answer.type !== "abort") throw refused(answer as { readonly refused?: string });
    const reason = aborted(answer.reason);
    attempt.abort(reason);
    throw reason;
  };
  const log = (line: string): void => link.tell({ type: "log", line, number });
  const attempt = new Attempt({ ...message, report, reportSync, log }, workload);
  current = { number, attempt, restore: lend(leases, process.env, message.environment) };
  const outcome = attempt.run(objective!, message.params);
  if (outcome instanceof Promise) void outcome.then((value) => finish(attempt, value));
  else finish(attempt, outcome);
}

function finish(attempt: Attempt, outcome: Outcome, last?: true): void {
  if (current?.attempt !== attempt) return;
  current.restore();
  current = undefined;
  link.send({ type: "done", number: attempt.number, outcome, ...(last ? { last } : {}) });
}

/** What nobody caught fails the trial that runs. Its objective may still be going on, so this worker ends with it. */
process.on("uncaughtException", (error: unknown) => {
  if (current) finish(current.attempt, thrown(error), true);
  else process.stderr.write(`${inspect(error)}\n`);
});

link.listen(receive);
keepCompiledCode();
