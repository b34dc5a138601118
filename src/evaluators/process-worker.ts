import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { AttuneError, messageOf } from "../core/errors.ts";
import type { Task, Workload } from "../core/evaluator.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import { realClock } from "../system/clock.ts";
import { endTree, spawnTree } from "../system/process-tree.ts";
import type { Deadlines } from "./deadlines.ts";
import type { PoolWorker } from "./pool.ts";
import {
  encode,
  type HostMessage,
  Lines,
  PROTOCOL_VERSION,
  readWorkerMessage,
  type WorkerMessage,
} from "./protocol.ts";
import { cancelled, Supervision } from "./supervision.ts";
import { WorkerOutput } from "./worker-output.ts";

/** Milliseconds that an objective has to end once it was asked to; those that wait on a signal need few. */
const GRACE = 200;
/** Milliseconds that what an objective started has to end on SIGTERM, before SIGKILL. */
const END_GRACE = 500;
/** Milliseconds that a worker has to load its module. */
const START_LIMIT = 60_000;
/** Milliseconds to wait for the last words of a process that has exited. */
const LAST_WORDS = 200;

/** How a worker process is started. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** A persistent child process that speaks the worker protocol on file descriptor 3 (`docs/worker-protocol.md`). */
export class ProcessWorker<P> implements PoolWorker<P> {
  readonly #child: ChildProcess;
  readonly #channel: Socket;
  readonly #output: WorkerOutput;
  readonly #deadlines: Deadlines;
  readonly #place: { readonly worker: number; readonly pid: number };
  readonly #ready: Promise<void>;
  readonly #gone: Promise<void>;
  #isReady = false;
  #usable = true;
  #settleReady!: (error?: AttuneError) => void;
  #running: { readonly task: Task<P>; readonly settle: (outcome: Outcome) => void } | undefined = undefined;
  /** The trial whose output arrives; it outlives the trial until the next one begins. */
  #trial: number | undefined = undefined;
  #end: Promise<void> | undefined = undefined;
  #tree: Promise<readonly number[]> | undefined = undefined;

  constructor(index: number, launch: Launch, workload: Workload<P>, deadlines: Deadlines) {
    const { file, args, env, cwd } = launch;
    this.#deadlines = deadlines;
    this.#child = spawnTree(file, args, {
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
      env: { ...env, ATTUNE_WORKER: String(index) },
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.#place = { worker: index, pid: this.#child.pid ?? 0 };
    const [, stdout, stderr, channel, lifeline] = this.#child.stdio as unknown as Socket[];
    this.#output = new WorkerOutput(stdout!, stderr!, (line) => workload.log(line, this.#trial));
    this.#channel = channel!;
    const lines = new Lines((line) => this.#receive(line, workload));
    channel!.on("data", (bytes: Buffer) => lines.push(bytes)).on("error", () => {});
    lifeline!.on("error", () => {}).resume();
    this.#ready = new Promise((resolve, reject) => {
      this.#settleReady = (error) => (error ? reject(error) : resolve());
    });
    this.#ready.catch(() => {});
    this.#gone = this.#watch();
    const { module, names, limited = [] } = workload;
    this.#send({ type: "hello", version: PROTOCOL_VERSION, module: module!, names, limited });
    void this.#limitStart();
  }

  get usable(): boolean {
    return this.#usable;
  }

  async run(task: Task<P>): Promise<Outcome> {
    if (!this.#isReady) {
      await settledOrAborted(this.#ready, task.signal);
      if (task.signal.aborted) return cancelled(task.signal.reason);
    }
    const { number, attempt, params, baseline, seed } = task;
    task.placed(this.#place);
    const running = new Promise<Outcome>((settle) => {
      this.#running = { task, settle };
    });
    this.#trial = number;
    this.#output.begin();
    this.#send({ type: "run", number, attempt, params, baseline, seed, worker: this.#place.worker });
    const outcome = await new Supervision(task, running, {
      grace: GRACE,
      deadlines: this.#deadlines,
      interrupt: (reason) => this.#send({ type: "abort", number, reason }),
      abandon: () => this.end(),
      over: () => {},
    }).outcome;
    if (outcome.state !== "failed" || outcome.failure.stderr !== undefined) return outcome;
    await realClock.sleep(1); // stderr comes by another pipe than the outcome
    const { stderr } = this.#output;
    return stderr === "" ? outcome : { state: "failed", failure: { ...outcome.failure, stderr } };
  }

  end(): Promise<void> {
    this.#usable = false;
    this.#end ??= this.#endNow();
    return this.#end;
  }

  async #endNow(): Promise<void> {
    this.#tree = endTree(this.#child, END_GRACE);
    const left = await this.#tree;
    if (!left.includes(this.#place.pid)) return this.#gone;
    this.#settle({ state: "cancelled", reason: `process ${this.#place.pid} cannot be ended` });
  }

  #send(message: HostMessage): void {
    if (this.#channel.writable) this.#channel.write(encode(message));
  }

  #receive(line: string, workload: Workload<P>): void {
    let message: WorkerMessage;
    try {
      message = readWorkerMessage(line);
    } catch (error) {
      this.#settleReady(new AttuneError("evaluator", `A worker broke the protocol: ${messageOf(error)}`));
      this.#settle(failed("crash", `the worker broke the protocol: ${messageOf(error)}`));
      void this.end();
      return;
    }
    switch (message.type) {
      case "done":
        if (message.number !== this.#running?.task.number) return;
        if (message.last) this.#usable = false;
        return this.#settle(message.outcome);
      case "report":
        return void this.#report(message);
      case "log":
        return workload.log(message.line, this.#trial);
      case "broken":
        this.#settleReady(new AttuneError("objective", message.message));
        return void this.end();
      case "ready":
        if (message.version === PROTOCOL_VERSION) {
          this.#isReady = true;
          return this.#settleReady();
        }
        this.#settleReady(
          new AttuneError("evaluator", `The worker speaks protocol ${message.version}, attune ${PROTOCOL_VERSION}`),
        );
        return void this.end();
    }
  }

  async #report({ id, number, step, values }: WorkerMessage & { type: "report" }): Promise<void> {
    const task = this.#running?.task;
    if (task?.number !== number) return this.#send({ type: "verdict", id, refused: `trial ${number} is over` });
    try {
      this.#send({ type: "verdict", id, verdict: await task.report(step, values) });
    } catch (error) {
      this.#send({ type: "verdict", id, refused: messageOf(error) });
    }
  }

  #settle(outcome: Outcome): void {
    const running = this.#running;
    this.#running = undefined;
    running?.settle(outcome);
  }

  async #limitStart(): Promise<void> {
    const over = new AbortController();
    const end = (): void => over.abort();
    this.#ready.then(end, end);
    await realClock.sleep(START_LIMIT, over.signal);
    if (over.signal.aborted) return;
    this.#settleReady(new AttuneError("objective", `A worker did not load its module within ${START_LIMIT} ms`));
    await this.end();
  }

  /** Resolves when the process is gone, its output is read, and the trial that it ran has its outcome. */
  #watch(): Promise<void> {
    const child = this.#child;
    const closed = new AbortController();
    child.once("close", () => closed.abort());
    return new Promise((resolve) => {
      child.once("error", (error) => {
        if (child.pid !== undefined) return; // it could not be signalled, or so
        this.#usable = false;
        this.#settleReady(new AttuneError("evaluator", `Cannot start a worker: ${messageOf(error)}`));
        resolve();
      });
      child.once("exit", (code, signal) => {
        this.#usable = false;
        void (async () => {
          await (this.#tree ?? endTree(child, 0));
          await realClock.sleep(LAST_WORDS, closed.signal);
          this.#exited(code, signal);
          resolve();
        })();
      });
    });
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    const { outOfMemory, stderr } = this.#output;
    const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
    const last = stderr === "" ? "" : `:\n${stderr.trimEnd()}`;
    this.#settleReady(new AttuneError("objective", `The worker process ${how} before it had loaded its module${last}`));
    if (this.#end !== undefined) return this.#settle({ state: "cancelled", reason: "the evaluator is closed" });
    const detail = signal === null ? { exitCode: code ?? -1 } : { signal };
    this.#settle(
      outOfMemory
        ? failed("memory", "the worker process ran out of heap memory", detail)
        : failed("crash", `the worker process ${how}`, detail),
    );
  }
}

/** Waits for a promise, but no longer than until the signal aborts. Rejects as the promise does. */
function settledOrAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve();
    signal.addEventListener("abort", stop);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
