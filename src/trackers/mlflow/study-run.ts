import { messageOf } from "../../core/errors.ts";
import type { StudyEvent } from "../../core/event.ts";
import { isRecord } from "../../core/json.ts";
import type { Watched } from "../../core/tracker.ts";
import { isFinal, type Trial } from "../../core/trial.ts";
import { trialsToCsv } from "../../formats/trial-table.ts";
import { realClock } from "../../system/clock.ts";
import { holdPhase } from "../../system/host-lock.ts";
import { type Metric, type Pair, pairs } from "./batch.ts";
import { History } from "./history.ts";
import { flattened, keyed, shortened } from "./keys.ts";
import { endStatusOf, isShown } from "./naming.ts";
import type { Run, Server } from "./server.ts";
import type { Settings } from "./settings.ts";
import { summary } from "./summary.ts";

type Started = StudyEvent & { readonly type: "search-started" };
type Ended = StudyEvent & { readonly type: "search-ended" };

/** Points are made and sent in portions of about this many. */
const PORTION = 900;

/** The run of a study, under which those of its trials stand. */
export class StudyRun {
  readonly #server: Server;
  readonly #settings: Settings;
  readonly #watched: Watched;
  readonly #history: History;
  /** Ended trials whose points are not made yet, in the order in which they ended. */
  readonly #news: number[];
  readonly #known: Set<number>;
  /** Points that are made and not sent yet. */
  #points: readonly Metric[] = [];
  /** Up to which ended trial the server has the points already. */
  #from = 0;
  #opening: Promise<StudyRun["place"] & {}> | undefined = undefined;
  #started: Started | undefined = undefined;
  #note = "";
  #described = false;
  #drawn: Promise<Readonly<Record<string, string>>> | undefined = undefined;
  /** Where it stands, once that is known. */
  place: { readonly experiment: string; readonly run: Run; readonly isNew: boolean } | undefined = undefined;

  constructor(server: Server, settings: Settings, watched: Watched) {
    this.#server = server;
    this.#settings = settings;
    this.#watched = watched;
    this.#history = new History(watched.objectives, watched.constraints, settings.naming);
    this.#news = watched.trials
      .filter((trial) => isShown(trial) && isFinal(trial.state))
      .sort((a, b) => a.finishedAt! - b.finishedAt! || a.number - b.number)
      .map(({ number }) => number);
    this.#known = new Set(this.#news);
  }

  /** The session that this process has begun. */
  started(event: Started): void {
    this.#started ??= event;
  }

  /** A trial of any process has ended. */
  ended(trial: Trial): void {
    if (this.#known.has(trial.number) || !isShown(trial) || !isFinal(trial.state)) return;
    this.#known.add(trial.number);
    this.#news.push(trial.number);
  }

  /** Finds the run, or makes it. */
  open(): Promise<StudyRun["place"] & {}> {
    if (this.place !== undefined) return Promise.resolve(this.place);
    const forget = (): void => {
      this.#opening = undefined;
    };
    if (this.#opening === undefined) {
      // one process of this host after the other, so that they make one run
      const { signal } = new AbortController();
      this.#opening = holdPhase(`attune mlflow ${this.#watched.id}`, signal, () => this.#findOrCreate());
      this.#opening.catch(forget);
    }
    return this.#opening;
  }

  async #findOrCreate(): Promise<StudyRun["place"] & {}> {
    const { experimentId, experiment: name, run: named } = this.#settings;
    const experiment = experimentId ?? (await this.#server.experiment(name));
    const filter = `tags.\`attune.study\` = '${this.#watched.id}' and tags.\`attune.kind\` = 'study'`;
    let [run] = await this.#server.search(experiment, filter);
    const isNew = run === undefined;
    if (run === undefined) {
      const made = await this.#server.create({
        experiment_id: experiment,
        run_name: this.#name(),
        start_time: this.#begin(),
        tags: this.#firstTags(),
      });
      [run = made] = await this.#server.search(experiment, filter);
      if (run.id !== made.id) await this.#server.delete(made.id); // another host was first
    } else if (named !== undefined && named !== run.name) await this.#server.update(run.id, { run_name: named });
    if (run.status !== "RUNNING") await this.#server.update(run.id, { status: "RUNNING" });
    this.#from = run.metrics["trials"] ?? 0;
    this.place = { experiment, run, isNew };
    return this.place;
  }

  /** Sends what is new. */
  async send(): Promise<void> {
    const { run } = await this.open();
    const tags: Pair[] = [];
    let params: Pair[] = [];
    if (!this.#described) {
      params = this.#params().filter(({ key }) => !(key in run.params));
      tags.push(...this.#sessionTags());
    }
    const note = summary(this.#watched, this.#settings.names, this.#settings.description);
    if (note !== this.#note) tags.push({ key: "mlflow.note.content", value: shortened(note, "tag") });
    do {
      this.#make();
      if (this.#points.length + tags.length + params.length === 0) return;
      await this.#server.log(run.id, { metrics: this.#points, tags: tags.splice(0), params: params.splice(0) });
      this.#points = [];
      this.#note = note;
      this.#described = true;
    } while (this.#news.length > 0);
  }

  /** Sends the last of it: artifacts, and how the search ended. Resolves with what could not be kept as an artifact. */
  async end(event: Ended | undefined): Promise<boolean> {
    const { run } = await this.open();
    await this.send();
    const { study, trials, status } = this.#watched;
    const finished = trials.filter(({ state }) => state === "complete" || state === "pruned" || state === "failed");
    const files: Record<string, string> = {
      "space.json": json(study.space),
      "study.json": json({ id: this.#watched.id, ...study }),
      "best.json": json(status.best),
      "trials.csv": trialsToCsv(finished as unknown as Parameters<typeof trialsToCsv>[0]),
      "trials.json": json(finished),
      ...(await (this.#drawn ??= this.#draw())),
    };
    const sent = Object.entries(files).map(([name, text]) => this.#server.keep(run, name, text));
    const kept = (await Promise.all(sent)).every(Boolean);
    const status_ = event === undefined ? "FAILED" : endStatusOf(event.reason);
    await this.#server.log(run.id, { tags: pairs({ "attune.ended": event?.reason ?? "error" }) });
    await this.#server.update(run.id, { status: status_, end_time: event?.at ?? realClock.now() });
    return kept;
  }

  /** What there is for people; a search whose report cannot be made ends as any other. */
  async #draw(): Promise<Readonly<Record<string, string>>> {
    try {
      return await this.#watched.reportFiles();
    } catch (error) {
      this.#watched.warn(`MLflow: the report could not be made, and is left out: ${messageOf(error)}`);
      return {};
    }
  }

  /** Another process has ended, and said so to the server; this one goes on. */
  async goesOn(): Promise<void> {
    const { run } = await this.open();
    await this.#server.update(run.id, { status: "RUNNING" });
  }

  #make(): void {
    const points: Metric[] = [...this.#points];
    let taken = 0;
    for (; taken < this.#news.length && points.length < PORTION; taken++) {
      const made = this.#history.add(this.#watched.trials[this.#news[taken]!]!);
      if (this.#history.ended > this.#from) points.push(...made);
    }
    this.#news.splice(0, taken);
    this.#points = points;
  }

  #begin(): number {
    const at = this.#started?.at ?? realClock.now();
    return this.#watched.trials.reduce((first, { startedAt = at }) => Math.min(first, startedAt), at);
  }

  #name(): string {
    const { run, stem } = this.#settings;
    return run ?? `${stem} ${localTime(new Date(this.#begin()))}`;
  }

  #firstTags(): Pair[] {
    return pairs({
      ...this.#settings.tags,
      "attune.study": this.#watched.id,
      "attune.kind": "study",
      "mlflow.runName": this.#name(),
    });
  }

  /** What every session says anew. */
  #sessionTags(): Pair[] {
    const { settings, environment } = this.#started ?? {};
    const { commit, hostname, attune } = isRecord(environment) ? environment : {};
    return pairs({
      "attune.sampler": settings?.sampler.name,
      "attune.evaluator": settings?.evaluator,
      "attune.workers": settings?.workers,
      "attune.trials": settings?.trials,
      "attune.journal": this.#watched.journal,
      "attune.host": text(hostname),
      "attune.version": text(attune),
      "mlflow.source.git.commit": text(commit),
    });
  }

  /** What holds for the whole study: parameters of a run cannot be changed. */
  #params(): Pair[] {
    const { study, objectives, constraints } = this.#watched;
    const { settings } = this.#started ?? {};
    const named: [string, string][] = [
      ["seed", String(study.seed)],
      ["sampler", settings?.sampler.name ?? "unknown"],
      ...flattened(settings?.sampler.options ?? {}, "sampler"),
      ...objectives.map(({ name, direction }): [string, string] => [`objective.${name}`, direction]),
      ...flattened(constraints).map(([name, value]): [string, string] => [`limit.${name}`, value]),
      ...study.rules.map((rule, i): [string, string] => [`where.${i}`, rule]),
    ];
    return keyed(named).map(([key, value]) => ({ key, value: shortened(value, "param") }));
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}

/** As `2026-11-21 15:25:08`, in the time of this place. */
function localTime(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
