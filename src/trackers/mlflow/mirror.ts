import type { StudyEvent } from "../../core/event.ts";
import type { TrackedEvent, Watched } from "../../core/tracker.ts";
import { isFinal, type Trial } from "../../core/trial.ts";
import { realClock } from "../../system/clock.ts";
import { thisHost } from "../../system/host.ts";
import { holdPhase } from "../../system/host-lock.ts";
import type { Client } from "./client.ts";
import { LATE, Others } from "./others.ts";
import { Outbox } from "./outbox.ts";
import type { Server } from "./server.ts";
import type { Settings } from "./settings.ts";
import { StudyRun } from "./study-run.ts";
import { TrialRuns } from "./trial-runs.ts";
import { Refusal } from "./trouble.ts";

/** A trial, or something about the study: its run, trials of processes that are gone, the end. */
type Item = number | "study" | "missing" | "ends" | "goes on";

/** Requests under way at a time. */
const LANES = 8;
/** Milliseconds between two looks at what is new about the study and about trials that run. */
const BEAT = 1_000;
/** Milliseconds between two looks at whether other processes have sent their trials. */
const LOOK = 500;

/** Keeps a server up to date with a search. */
export class Mirror {
  readonly #client: Client;
  readonly #watched: Watched;
  readonly #patience: number;
  readonly #study: StudyRun;
  readonly #trials: TrialRuns;
  readonly #outbox: Outbox<Item>;
  /** The session of this process, as the journal names it. */
  #writer: string | undefined = undefined;
  /** Running trials of this process about which the server may lack something. */
  readonly #young = new Set<number>();
  readonly #refused = new Set<Item>();
  #isStudyNew = false;
  #beating: Promise<void> | undefined = undefined;
  readonly #closing = new AbortController();
  readonly #over = new AbortController();
  readonly #others = new Others(thisHost());
  #ended: (StudyEvent & { readonly type: "search-ended" }) | undefined = undefined;
  #until = 0;

  constructor(client: Client, server: Server, settings: Settings, watched: Watched, patience: number) {
    this.#client = client;
    this.#watched = watched;
    this.#patience = patience;
    this.#study = new StudyRun(server, settings, watched);
    this.#trials = new TrialRuns(server, settings, watched, this.#study, this.#others);
    this.#outbox = new Outbox<Item>({
      send: (item) => this.#send(item),
      lanes: LANES,
      down: (reason) =>
        this.#warn(`${reason}. The search goes on; what the server misses is sent as soon as it can be`),
      refused: (item, reason) => this.#refuse(item, reason),
    });
  }

  track(event: TrackedEvent, trial?: Trial): void {
    switch (event.type) {
      case "search-started": {
        const { host, pid, start } = thisHost().identity;
        const { process } = event;
        if (this.#writer !== undefined || process.pid !== pid || process.host !== host || process.start !== start)
          return this.#others.started(event.writer, process);
        this.#writer = event.writer;
        this.#study.started(event);
        this.#outbox.add("study");
        this.#until = event.at - LATE;
        return this.#outbox.add("missing");
      }
      case "trial-started":
        if (event.writer !== this.#writer || trial?.state !== "running") return;
        this.#trials.heard(event);
        this.#young.add(event.number);
        return this.#beat();
      case "trial-reported":
        if (!this.#young.has(event.number)) return;
        this.#trials.heard(event);
        return this.#beat();
      case "trial-finished":
        if (trial === undefined || !isFinal(trial.state)) return;
        this.#study.ended(trial);
        if (this.#young.delete(trial.number)) this.#outbox.add(trial.number);
        else if (event.writer !== this.#writer) this.#others.ended(trial.number, event.writer);
        this.#isStudyNew = true;
        return this.#beat();
      case "search-ended":
        if (event.writer === this.#writer) this.#ended = event;
        else if (this.#writer !== undefined) this.#outbox.add("goes on");
        return;
      default:
        return;
    }
  }

  /** What an objective needs to log to the run of its trial; nothing while the server is away. */
  async environment(trial: Trial): Promise<Readonly<Record<string, string>>> {
    if (this.#outbox.isDown) return {};
    const { id } = await this.#trials.runOf(trial);
    const { experiment } = await this.#study.open();
    return { MLFLOW_RUN_ID: id, MLFLOW_EXPERIMENT_ID: experiment, MLFLOW_TRACKING_URI: this.#client.uri };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#beating;
    if (this.#writer === undefined) return;
    for (const number of this.#young) this.#outbox.add(number);
    this.#until = Infinity;
    this.#outbox.add("missing");
    this.#outbox.add("study");
    if (await this.#outbox.drain(this.#patience)) {
      this.#outbox.add("ends");
      await this.#outbox.drain(this.#patience);
    }
    this.#outbox.close();
    this.#over.abort();
    this.#client.close();
    this.#sayUnsent();
  }

  async #send(item: Item): Promise<void> {
    if (typeof item === "number") return this.#trials.send(item);
    if (item === "study") return this.#study.send();
    if (item === "goes on") return this.#study.goesOn();
    if (item === "missing") {
      // one process of this host after the other, so that only one of them sends what all lack
      return holdPhase(`attune mlflow ${this.#watched.id} missing`, this.#over.signal, () => this.#sendMissing());
    }
    await this.#trials.tidy();
    if (!(await this.#study.end(this.#ended)))
      this.#warn("the server keeps artifacts where attune cannot write them; they are left out");
  }

  async #sendMissing(): Promise<void> {
    const { numbers, waiting } = await this.#trials.missing(this.#until);
    for (let i = 0; i < numbers.length; i += LANES)
      await Promise.all(numbers.slice(i, i + LANES).map((number) => this.#sendAdopted(number)));
    if (!waiting) return;
    await realClock.sleep(LOOK, this.#over.signal);
    this.#outbox.add("missing");
  }

  async #sendAdopted(number: number): Promise<void> {
    try {
      await this.#trials.send(number);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(number, error.message);
    }
  }

  #refuse(item: Item, reason: string): void {
    if (this.#refused.size === 0) this.#warn(`${typeof item === "number" ? `trial ${item}` : "the study"}: ${reason}`);
    this.#refused.add(item);
    if (typeof item === "number") this.#trials.settle(item);
  }

  /** Once a second at most, as long as there is something new. */
  #beat(): void {
    this.#beating ??= this.#rest();
  }

  async #rest(): Promise<void> {
    await realClock.sleep(BEAT, this.#closing.signal);
    this.#beating = undefined;
    if (this.#closing.signal.aborted) return;
    for (const number of this.#young) this.#outbox.add(number);
    if (this.#isStudyNew) this.#outbox.add("study");
    this.#isStudyNew = false;
  }

  #sayUnsent(): void {
    const { unsent, reason } = this.#outbox;
    if (unsent.length === 0) return;
    const trials = unsent.filter((item) => typeof item === "number").length;
    const what = trials === 0 ? "the end of the search" : `${trials} ${trials === 1 ? "trial" : "trials"}`;
    const { journal } = this.#watched;
    const rest =
      journal === undefined
        ? "It is lost for the server, as the search has no journal"
        : `Resuming the search from ${journal} with this tracker sends it`;
    this.#warn(`${what} could not be sent: ${reason || "there was no time"}. ${rest}`);
  }

  #warn(message: string): void {
    this.#watched.warn(`MLflow: ${message}`);
  }
}
