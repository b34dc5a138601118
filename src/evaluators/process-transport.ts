import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { Json } from "../core/json.ts";
import { messageOf } from "../core/errors.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import { realClock } from "../system/clock.ts";
import { endTree, spawnTree } from "../system/process-tree.ts";
import { type UsageLimits, UsageWatch } from "../system/usage-watch.ts";
import { encode, type HostMessage, Lines, readWorkerMessage, type WorkerMessage } from "./protocol.ts";
import { startProblem } from "./start-problem.ts";
import type { Transport, TransportEvents } from "./transport.ts";
import { WorkerOutput } from "./worker-output.ts";

/** Milliseconds that what an objective started has to end on SIGTERM, before SIGKILL. */
const END_GRACE = 500;
/** Milliseconds to wait for the last words of a process that has exited. */
const LAST_WORDS = 200;

/** The file descriptor that closes when the host is gone. */
const LIFELINE = 4;

/** The longest message of a worker, in characters; what is longer is none, and breaks the protocol. */
const LONGEST_MESSAGE = 64 * 2 ** 20;

/** How a worker process is started. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly limits: UsageLimits;
  /** Whether it speaks the protocol on stdin and stdout, as programs can in any language. */
  readonly stdio?: boolean;
}

/** A child process that speaks the protocol on file descriptor 3, and on 5 where it blocks for the answer; or on stdin and stdout. */
export class ProcessTransport implements Transport {
  readonly place: Json;
  readonly #child: ChildProcess;
  readonly #channel: Socket | undefined;
  /** Where it wants to be told of an abort. */
  #aborts: Socket | undefined;
  readonly #output: WorkerOutput;
  readonly #events: TransportEvents;
  readonly #usage: UsageWatch | undefined;
  readonly #gone: Promise<void>;
  #alive = true;
  /** What the attempt came to when the child went beyond a limit. */
  #exceeded: Outcome | undefined = undefined;
  #tree: Promise<readonly number[]> | undefined = undefined;

  constructor(worker: number, { file, args, env, cwd, limits, stdio = false }: Launch, events: TransportEvents) {
    this.#events = events;
    this.#child = spawnTree(file, args, {
      stdio: stdio ? ["pipe", "pipe", "pipe"] : ["ignore", "pipe", "pipe", "pipe", "pipe", "pipe"],
      env: { ...env, ATTUNE_WORKER: String(worker) },
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.place = { worker, pid: this.#child.pid ?? 0 };
    // none where the table of open files is full
    const [stdin, stdout, stderr, channel, lifeline, blocking] = (this.#child.stdio ?? []) as unknown as Socket[];
    this.#output = new WorkerOutput(stdio ? undefined : stdout, stderr, (line) => events.line(line));
    this.#aborts = this.#channel = stdio ? stdin : channel;
    this.#channel?.on("error", () => {});
    const heard = stdio ? stdout : channel;
    if (heard)
      this.#read(heard, (message) => {
        if (message.type === "ready" && message.aborts === LIFELINE) this.#aborts = lifeline ?? channel;
        events.message(message);
      });
    lifeline?.on("error", () => {}).resume();
    if (blocking)
      this.#read(blocking, (message) => events.message(message, (answer) => blocking.write(encode(answer))));
    if (this.#child.pid !== undefined && Object.keys(limits).length > 0)
      this.#usage = new UsageWatch(this.#child, limits, (limit, message) => this.#exceed(limit, message));
    this.#gone = this.#watch(cwd);
  }

  get alive(): boolean {
    return this.#alive;
  }

  get stderr(): string {
    return this.#output.stderr;
  }

  begin(): void {
    this.#output.begin();
    this.#usage?.begin();
  }

  send(message: HostMessage): void {
    const to = message.type === "abort" ? this.#aborts : this.#channel;
    if (to?.writable) to.write(encode(message));
  }

  async end(): Promise<void> {
    this.#usage?.stop();
    this.#tree ??= endTree(this.#child, END_GRACE);
    const left = await this.#tree;
    const { pid } = this.#child;
    if (pid === undefined || !left.includes(pid)) return this.#gone;
    this.#events.line(`process ${pid} cannot be ended`);
  }

  #read(socket: Socket, take: (message: WorkerMessage) => void): void {
    const lines = new Lines((line) => {
      let message: WorkerMessage;
      try {
        message = readWorkerMessage(line);
      } catch (error) {
        return this.#events.garbage(messageOf(error));
      }
      take(message);
    }, LONGEST_MESSAGE);
    socket.on("data", (bytes: Buffer) => lines.push(bytes)).on("error", () => {});
  }

  #exceed(limit: keyof UsageLimits, message: string): void {
    this.#alive = false;
    this.#exceeded = failed(limit === "memory" ? "memory" : "timeout", message);
    this.#tree ??= endTree(this.#child, 0);
  }

  /** Resolves when the process is gone, its output is read, and all of this is told. */
  #watch(cwd: string | undefined): Promise<void> {
    const child = this.#child;
    const closed = new AbortController();
    child.once("close", () => closed.abort());
    return new Promise((resolve) => {
      child.once("error", (error) => {
        if (child.pid !== undefined) return; // it could not be signalled, or so
        this.#alive = false;
        const how = `cannot run \`${child.spawnfile}\`: ${startProblem(error, cwd)}`;
        this.#events.gone({ how, started: false, outcome: failed("lost", `cannot start a worker: ${how}`) });
        resolve();
      });
      child.once("exit", (code, signal) => {
        this.#alive = false;
        this.#usage?.stop();
        void (async () => {
          await (this.#tree ??= endTree(child, 0));
          await realClock.sleep(LAST_WORDS, closed.signal);
          const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
          this.#events.gone({ how: `process ${how}`, started: true, outcome: this.#died(how, code, signal) });
          resolve();
        })();
      });
    });
  }

  #died(how: string, code: number | null, signal: NodeJS.Signals | null): Outcome {
    const detail = signal === null ? { exitCode: code ?? -1 } : { signal };
    return (
      this.#exceeded ??
      (this.#output.outOfMemory
        ? failed("memory", "the worker process ran out of heap memory", detail)
        : failed("crash", `the worker process ${how}`, detail))
    );
  }
}
