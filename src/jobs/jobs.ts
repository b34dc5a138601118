import { createHash } from "node:crypto";
import type { Limits } from "../core/objective.ts";
import type { Tracker, TrackerFactory } from "../core/tracker.ts";
import type { Trial } from "../core/trial.ts";
import { commandBrand } from "../evaluators/command.ts";
import { templatesOf } from "../evaluators/command-options.ts";
import { placeholders } from "../evaluators/command-template.ts";
import { usage } from "../core/errors.ts";
import { evaluatorOf } from "../search/parts.ts";
import { Search } from "../search/search.ts";
import type { StartOptions } from "../search/session.ts";
import type { AnySpec, ConfigurationOf, SoleObjective, SpaceSpec } from "../search/spec.ts";
import { isLoading } from "../system/loading.ts";
import { Desk } from "./desk.ts";
import { baseOf, jobEvaluator, jobObjective } from "./evaluator.ts";
import { fateOf } from "./fate.ts";
import { JobsHandle } from "./handle.ts";
import { SETTINGS_FILE } from "./launch.ts";
import { type JobObjectives, readObjectives } from "./metric.ts";
import { Monitor } from "./monitor.ts";
import { type AnyJobsSpec, checkJobs, type JobsSpec, type JobValues } from "./spec.ts";

/** What a handle does for job control. */
interface Control {
  stop?: (options: { readonly now: boolean }) => void;
  enqueue?: (params: unknown) => Promise<number>;
}

/** A search whose trials are jobs, cold until started. It is a search in every way: `attune run` takes it too. */
export class Jobs<P = unknown, V = Readonly<Record<string, number>>> extends Search<P, V> {
  readonly #given: AnyJobsSpec<P>;

  constructor(spec: AnyJobsSpec<P>) {
    checkJobs(spec as AnyJobsSpec);
    super(searchOf(spec, new Desk(spec), {}));
    this.#given = spec;
  }

  /** The same with some options changed: those of the search, or of job control. */
  override with(changes: Partial<AnySpec> | Partial<AnyJobsSpec<P>>): Jobs<P, V> {
    const { evaluator, ...rest } = { ...this.#given, ...changes };
    return new Jobs<P, V>({
      ...rest,
      ...(evaluator === undefined ? {} : { evaluator: baseOf(evaluator) }),
    });
  }

  /** Starts it, and returns at once. Each start begins anew, or resumes from the journal. */
  override start(options: StartOptions = {}): JobsHandle<P, V> {
    if (isLoading())
      throw usage(
        "The file starts its jobs while attune loads it: leave `start()` to `attune run`, or run it with node",
      );
    const desk = new Desk(this.#given);
    const control: Control = {};
    const spec = searchOf(this.#given, desk, control);
    const trackers = [follower(desk, control), ...(spec.trackers ?? [])];
    const handle = new JobsHandle<P, V>({ ...spec, trackers }, desk, {
      objectiveHash: hashOf(this.#given),
      ...options,
    });
    control.stop = (how) => void handle.stop(how).catch(() => {});
    control.enqueue = (params) => handle.enqueue(params as P);
    return handle;
  }
}

/**
 * Defines a search whose trials are jobs: a template started with overrides, which are the trial's parameters unless
 * `hooks.createJob` says more. A parameter named `settings.model.layers`, `env.THREADS` or `files.x` sets that part of the
 * template; every parameter stands for its `{name}` in the command, its variables and files.
 * @example
 * const jobs = defineJobs({
 *   template: { name: "train", run: ["node", "train.mjs", "{settings.json}"], settings: { model: { layers: 2 } } },
 *   space: { rate: float(0.001, 1, { log: true }), "settings.model.layers": int(1, 8) },
 *   objectives: { "loss/validation": { direction: "minimize", over: "min" } },
 *   trials: 20,
 * });
 * const handle = jobs.start();
 */
export function defineJobs<
  const S extends SpaceSpec,
  const O extends JobObjectives = SoleObjective,
  const C extends Limits = Record<never, never>,
>(spec: JobsSpec<S, O, C>): Jobs<ConfigurationOf<S>, JobValues<O, C>> {
  return new Jobs(spec);
}

/** The search that runs the jobs, but for the tracker that follows them: its evaluator makes them. */
function searchOf<P>(given: AnyJobsSpec<P>, desk: Desk<P>, control: Control): AnySpec {
  const {
    template,
    labels: _,
    hooks = {},
    jobTime: __,
    cache: ___,
    objectives = { value: "minimize" },
    ...rest
  } = given;
  const { directions, over } = readObjectives(objectives);
  const enough = (): void => control.stop?.({ now: false });
  const objective = jobObjective<P>({ desk, over });
  const bare: AnySpec = { ...rest, objectives: directions, objective: objective as AnySpec["objective"] };
  const own =
    hooks.createJob === undefined && typeof template.run !== "function" ? marked(objective, given) : objective;
  return {
    ...bare,
    objective: own as AnySpec["objective"],
    evaluator: jobEvaluator<P>(evaluatorOf(bare), { desk, over, enough }),
  };
}

/** The objective with the placeholders of its template, so that the search checks them before anything runs. */
function marked<P>(objective: ReturnType<typeof jobObjective<P>>, { template }: AnyJobsSpec<P>): unknown {
  const known = new Set([SETTINGS_FILE, ...Object.keys(template.parameters ?? {})]);
  const run = template.run as readonly string[];
  const templates = placeholders(templatesOf(run, template))
    .filter((name) => !known.has(name))
    .map((name) => `{${name}}`);
  return Object.assign(objective, { [commandBrand]: true as const, run, templates, toJSON: () => ({ run }) });
}

/** Tells the desk what happens, and takes the steps of job control. */
function follower<P>(desk: Desk<P>, control: Control): TrackerFactory {
  return {
    info: { name: "jobs", summary: "Follows jobs." },
    create: (watched): Tracker => {
      desk.attend(watched);
      const monitor = new Monitor<P>({
        hooks: desk.spec.hooks ?? {},
        step: {
          get running() {
            return [...desk.running];
          },
          get free() {
            return Math.max(0, watched.status.workers - watched.status.running);
          },
          end: (job) => fateOf(job).conclude?.("`monitorJob` says that it does not go on"),
          enqueue: (params) => control.enqueue!(params),
        },
        stop: () => control.stop?.({ now: true }),
        warn: (message) => watched.warn(message),
      });
      desk.kick = () => monitor.kick();
      return {
        track: (event, trial) => {
          if (event.type === "search-started") monitor.start();
          desk.track(event, trial as Trial<P> | undefined);
        },
        close: () => monitor.close(),
      };
    },
  };
}

/** A hash of what jobs start from; a change of it warns. */
function hashOf<P>({ template }: AnyJobsSpec<P>): string {
  const text = JSON.stringify({
    ...template,
    run: typeof template.run === "function" ? String(template.run) : template.run,
  });
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
