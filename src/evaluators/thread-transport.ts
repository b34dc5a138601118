import { type ResourceLimits, Worker } from "node:worker_threads";
import type { Json } from "../core/json.ts";
import { messageOf, show } from "../core/errors.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import { realClock } from "../system/clock.ts";
import { MARK, markThread, type ThreadMark } from "../system/process-tree.ts";
import { type HostMessage, isWorkerMessage } from "./protocol.ts";
import { BlockingHost, packForThread, unpackInHost } from "./thread-exchange.ts";
import type { Transport, TransportEvents } from "./transport.ts";
import { workerThread } from "./worker-launch.ts";
import { WorkerOutput } from "./worker-output.ts";

/** Milliseconds that a thread may need to end: one that blocks in native code cannot be ended before it returns. */
const END_LIMIT = 1_000;
/** Milliseconds to wait for the last words of a thread that has ended. */
const LAST_WORDS = 200;

/** How a worker thread is started. */
export interface ThreadLaunch {
  readonly execArgv: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly resourceLimits: Readonly<ResourceLimits> | undefined;
}

/** A thread of this process that speaks the protocol in structured messages. */
export class ThreadTransport implements Transport {
  readonly place: Json;
  readonly #worker: Worker;
  readonly #events: TransportEvents;
  readonly #output: WorkerOutput;
  readonly #started: ThreadMark = markThread();
  readonly #blocking: BlockingHost;
  readonly #gone: Promise<void>;
  #alive = true;
  #error: unknown = undefined;
  #end: Promise<void> | undefined = undefined;

  constructor(worker: number, { execArgv, env, resourceLimits }: ThreadLaunch, events: TransportEvents) {
    this.#events = events;
    this.#blocking = new BlockingHost((message, answer) =>
      isWorkerMessage(message) ? events.message(message, answer) : this.#garbage(message),
    );
    this.#worker = new Worker(workerThread(), {
      stdout: true,
      stderr: true,
      env: { ...process.env, ...env, ATTUNE_WORKER: String(worker), [MARK]: this.#started.mark },
      workerData: this.#blocking.data,
      transferList: [this.#blocking.data.port],
      ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
    this.place = { worker, pid: process.pid, thread: this.#worker.threadId };
    const { stdout, stderr } = this.#worker;
    this.#output = new WorkerOutput(stdout, stderr, (line) => events.line(line));
    this.#worker.on("message", (posted: unknown) => {
      const message = unpackInHost(posted);
      if (isWorkerMessage(message)) events.message(message);
      else this.#garbage(posted);
    });
    this.#gone = this.#watch();
  }

  get alive(): boolean {
    return this.#alive;
  }

  get stderr(): string {
    return this.#output.stderr;
  }

  begin(): void {
    this.#output.begin();
  }

  send(message: HostMessage): void {
    this.#worker.postMessage(packForThread(message)); // oxlint-disable-line unicorn/require-post-message-target-origin
  }

  end(): Promise<void> {
    this.#end ??= this.#endNow();
    return this.#end;
  }

  async #endNow(): Promise<void> {
    const over = new AbortController();
    const gone = this.#gone.then(() => over.abort());
    void this.#worker.terminate();
    void this.#started.end(); // a thread that waits for a program ends with that
    await realClock.sleep(END_LIMIT, over.signal);
    if (over.signal.aborted) return gone;
    this.#events.line(`thread ${this.#worker.threadId} blocks in native code and cannot be ended before it returns`);
  }

  #garbage(message: unknown): void {
    this.#events.garbage(`not a message of a worker: ${show(message)}`);
  }

  /** Resolves when the thread is gone, its output is read, and all of this is told. */
  #watch(): Promise<void> {
    const written = new AbortController();
    const { stdout, stderr } = this.#worker;
    let open = 2;
    for (const stream of [stdout, stderr])
      stream.once("close", () => {
        if (--open === 0) written.abort();
      });
    this.#worker.once("error", (error) => {
      this.#error = error;
    });
    return new Promise((resolve) => {
      this.#worker.once("exit", (code) => {
        this.#alive = false;
        this.#blocking.close();
        void (async () => {
          await this.#started.end();
          await realClock.sleep(LAST_WORDS, written.signal);
          this.#events.gone({ how: `thread exited with code ${code}`, started: true, outcome: this.#died(code) });
          resolve();
        })();
      });
    });
  }

  #died(exitCode: number): Outcome {
    if ((this.#error as { code?: unknown } | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY")
      return failed("memory", "the worker thread ran out of heap memory", { exitCode });
    const why = this.#error === undefined ? "" : `: ${messageOf(this.#error)}`;
    return failed("crash", `the worker thread exited with code ${exitCode}${why}`, { exitCode });
  }
}
