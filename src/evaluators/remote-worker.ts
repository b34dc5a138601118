import { AttemptFailed } from "../core/attempt-failed.ts";
import { AttuneError, messageOf } from "../core/errors.ts";
import type { Task, Workload } from "../core/evaluator.ts";
import { judged } from "../core/measure.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import { realClock } from "../system/clock.ts";
import type { Deadlines } from "./deadlines.ts";
import type { PoolWorker } from "./pool.ts";
import { type HostMessage, PROTOCOL_VERSION, type WorkerMessage } from "./protocol.ts";
import { CLOSED, Supervision } from "./supervision.ts";
import type { Ending, OpenTransport, Transport, TransportEvents } from "./transport.ts";

/** Milliseconds that an objective has to end once it was asked to; those that wait on a signal need few. */
const GRACE = 200;
/** Milliseconds that a worker has to be ready where nothing else is said. */
export const START_LIMIT = 60_000;
/** Milliseconds that a worker which runs nothing has to write what is left, and end. */
const LEAVE_LIMIT = 2_000;

/** What the workers of one pool share. */
export interface Crew {
  readonly open: OpenTransport;
  readonly hello: HostMessage & { readonly type: "hello" };
  readonly log: Workload["log"];
  readonly deadlines: Deadlines;
  /** Whether each worker runs one attempt only. */
  readonly once: boolean;
  /** Milliseconds that a worker has to be ready. */
  readonly startLimit: number;
}

/** The host's end of the worker protocol (`docs/worker-protocol.md`), over any transport. */
export class RemoteWorker<P> implements PoolWorker<P>, TransportEvents {
  readonly #transport: Transport;
  readonly #index: number;
  readonly #crew: Crew;
  #starting: Promise<void> | undefined;
  /** Whether it can be trusted to end in order: nothing may still be going on in it. */
  #orderly = true;
  #usable = true;
  #settleReady!: (error?: Error) => void;
  #running: { readonly task: Task<P>; readonly settle: (outcome: Outcome) => void } | undefined = undefined;
  /** The trial whose output arrives; it outlives the trial until the next one begins. */
  #trial: number | undefined = undefined;
  /** How the running attempt was asked to end, if it was. */
  #interrupted: HostMessage | undefined = undefined;
  /** Answers the report that blocks the worker. */
  #answer: ((answer: HostMessage) => void) | undefined = undefined;
  #end: Promise<void> | undefined = undefined;
  readonly #gone = new AbortController();

  constructor(index: number, crew: Crew) {
    this.#index = index;
    this.#crew = crew;
    const starting = (this.#starting = new Promise<void>((resolve, reject) => {
      this.#settleReady = (error) => (error ? reject(error) : resolve());
    }));
    this.#transport = crew.open(index, this);
    this.#transport.send(crew.hello);
    const { startLimit } = crew;
    const release = crew.deadlines.add(startLimit, () => {
      this.#settleReady(new AttuneError("objective", `A worker was not ready within ${startLimit} ms`));
      void this.end();
    });
    starting.then(release, release);
  }

  get starting(): Promise<void> | undefined {
    return this.#starting;
  }

  get usable(): boolean {
    return this.#usable && this.#transport.alive;
  }

  async run(task: Task<P>): Promise<Outcome> {
    const { number, attempt, params, baseline, seed, dir, leases, environment, instance } = task;
    task.placed(this.#transport.place);
    const running = new Promise<Outcome>((settle) => {
      this.#running = { task, settle };
    });
    this.#trial = number;
    this.#interrupted = undefined;
    this.#transport.begin();
    this.#transport.send({
      type: "run",
      number,
      attempt,
      params,
      baseline,
      seed,
      worker: this.#index,
      dir,
      leases,
      ...(environment === undefined ? {} : { environment }),
      ...(instance === undefined ? {} : { instance }),
    });
    const outcome = await new Supervision(task, running, {
      grace: GRACE,
      deadlines: this.#crew.deadlines,
      interrupt: (reason) => this.#interrupt({ type: "abort", number, attempt, reason }),
      abandon: () => this.end(),
      over: () => {},
    }).outcome;
    if (outcome.state !== "failed" || outcome.failure.stderr !== undefined) return outcome;
    await realClock.sleep(1); // stderr comes by another way than the outcome
    const { stderr } = this.#transport;
    return stderr === "" ? outcome : { state: "failed", failure: { ...outcome.failure, stderr } };
  }

  end(): Promise<void> {
    this.#usable = false;
    this.#end ??= this.#endNow();
    return this.#end;
  }

  async #endNow(): Promise<void> {
    const idle = this.#starting === undefined && this.#running === undefined && this.#transport.alive;
    if (idle && this.#orderly) {
      this.#transport.send({ type: "end" });
      await realClock.sleep(LEAVE_LIMIT, this.#gone.signal);
    }
    await this.#transport.end();
    this.#settle(CLOSED);
  }

  #interrupt(abort: HostMessage & { type: "abort" }): void {
    this.#transport.send(abort);
    this.#unblock(abort);
  }

  /** An objective that waits for a verdict and can hear nothing else is told in its place. */
  #unblock(abort: HostMessage): void {
    this.#interrupted = abort;
    this.#answer?.(abort);
    this.#answer = undefined;
  }

  message(message: WorkerMessage, answer?: (answer: HostMessage) => void): void {
    switch (message.type) {
      case "done":
        if (message.last) this.#orderly = this.#usable = false;
        return this.#finish(message.number, message.outcome);
      case "returned": {
        const { names, limited } = this.#crew.hello;
        return this.#finish(message.number, judged(message.value, names, limited));
      }
      case "report":
        return answer === undefined ? this.#report(message) : this.#reportBlocking(message, answer);
      case "log":
        return this.#crew.log(message.line, message.number ?? this.#trial);
      case "broken":
        this.#settleReady(new AttuneError("objective", message.message));
        return void this.end();
      case "ready":
        if (message.version === PROTOCOL_VERSION) {
          this.#starting = undefined;
          return this.#settleReady();
        }
        this.#settleReady(
          new AttuneError("evaluator", `The worker speaks protocol ${message.version}, attune ${PROTOCOL_VERSION}`),
        );
        return void this.end();
    }
  }

  #finish(number: number, outcome: Outcome): void {
    const expected = this.#running?.task.number;
    if (number === expected) {
      if (this.#crew.once) this.#usable = false;
      return this.#settle(outcome);
    }
    if (this.#end !== undefined) return; // it was given up already
    const problem = `it answered for trial ${number}, which it does not run`;
    if (expected === undefined) this.#crew.log(`a worker broke the protocol and is replaced: ${problem}`, number);
    this.garbage(problem);
  }

  garbage(problem: string): void {
    this.#settleReady(new AttuneError("evaluator", `A worker broke the protocol: ${problem}`));
    this.#settle(failed("crash", `the worker broke the protocol: ${problem}`));
    void this.end();
  }

  line(line: string): void {
    this.#crew.log(line, this.#trial);
  }

  gone({ how, started, outcome }: Ending): void {
    this.#usable = false;
    this.#gone.abort();
    const { stderr } = this.#transport;
    const last = stderr === "" ? "" : `:\n${stderr.trimEnd()}`;
    const early = `The worker ${how} before it was ready${last}`;
    if (!started) this.#settleReady(new AttuneError("evaluator", `Cannot start a worker: ${how}`));
    // a signal came from elsewhere: the next worker may have better luck
    else if (outcome.state === "failed" && outcome.failure.signal !== undefined)
      this.#settleReady(new AttemptFailed({ ...outcome.failure, kind: "lost", message: early }));
    else this.#settleReady(new AttuneError("objective", early));
    this.#settle(this.#end === undefined ? outcome : CLOSED);
  }

  #report(message: WorkerMessage & { type: "report" }): void {
    void this.#verdict(message).then((answer) => this.#transport.send(answer));
  }

  #reportBlocking(message: WorkerMessage & { type: "report" }, answer: (answer: HostMessage) => void): void {
    this.#answer = answer;
    if (this.#interrupted !== undefined) return this.#unblock(this.#interrupted);
    void this.#verdict(message).then((verdict) => {
      if (this.#answer !== answer) return; // it was told to end meanwhile
      this.#answer = undefined;
      answer(verdict);
    });
  }

  async #verdict({ id, number, step, values }: WorkerMessage & { type: "report" }): Promise<HostMessage> {
    const task = this.#running?.task;
    if (task?.number !== number) return { type: "verdict", id, refused: `trial ${number} is over` };
    try {
      const named = typeof values === "number" ? { [this.#crew.hello.names[0] ?? "value"]: values } : values;
      return { type: "verdict", id, verdict: await task.report(step, named) };
    } catch (error) {
      return { type: "verdict", id, refused: messageOf(error) };
    }
  }

  #settle(outcome: Outcome): void {
    const running = this.#running;
    this.#running = undefined;
    running?.settle(outcome);
  }
}
