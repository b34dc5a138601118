import { memory } from "../../src/journals/memory.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Host } from "../../src/core/host.ts";
import type { Journal } from "../../src/core/journal.ts";
import type { Pruner, PrunerFactory } from "../../src/core/pruner.ts";
import type { Sampler, SamplerFactory, Setting } from "../../src/core/sampler.ts";
import type { StudyEvent } from "../../src/core/event.ts";
import { random } from "../../src/samplers/random.ts";
import { defineSpace, float, type Space } from "../../src/space/index.ts";
import { define, listObjectives } from "../../src/study/definition.ts";
import { Study } from "../../src/study/study.ts";
import type { StudyOptions } from "../../src/study/study-options.ts";

/** A clock that ticks by one at every look. */
export function ticking(): Clock {
  let now = 1000;
  return { now: () => now++, sleep: () => new Promise((resolve) => setImmediate(resolve)) };
}

/** A clock that stands still until it is moved on. */
export function standing(): Clock & { pass(ms: number): void } {
  let now = 1000;
  return {
    now: () => now,
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    pass: (ms) => void (now += ms),
  };
}

/** A host on which the given processes are dead. */
export function host(pid = 1, dead: readonly number[] = [], name = "here"): Host {
  return {
    identity: { host: name, pid, start: "s" },
    environment: {},
    alive: (process) => !dead.includes(process.pid),
  };
}

export const line: Space<{ readonly x: number }> = defineSpace({ x: float(0, 1) });

/** A sampler made of a function, with everything that it was told. */
export function scripted(
  ask: (setting: Setting, ...rest: Parameters<Sampler["ask"]>) => ReturnType<Sampler["ask"]>,
  name = "scripted",
  version = 1,
): SamplerFactory & { told: Parameters<Sampler["tell"]>[0][] } {
  const told: Parameters<Sampler["tell"]>[0][] = [];
  return {
    info: { name, version, summary: "For tests." },
    options: {},
    told,
    create: (setting) => ({
      ask: (request) => ask(setting, request),
      tell: (observation) => void told.push(observation),
    }),
  };
}

/** A pruner made of a function. */
export function judging(report: Pruner["report"]): PrunerFactory {
  const options = {};
  const info = { name: "judging", summary: "For tests.", multiObjective: true as const };
  return { info, options, create: () => ({ report, tell: () => {} }), toJSON: () => ({ name: info.name }) };
}

/** A new in-memory journal that survives closing, and its events. */
export async function keptJournal(): Promise<{ open(): Promise<Journal>; events(): Promise<StudyEvent[]> }> {
  const kept = await memory("").open();
  const view = (): Journal => ({
    append: (events) => kept.append(events),
    flush: () => kept.flush(),
    read: (from) => kept.read(from),
    [Symbol.asyncDispose]: async () => {},
  });
  return {
    open: async () => view(),
    events: async () => {
      const all: StudyEvent[] = [];
      for await (const event of kept.read()) all.push(event);
      return all;
    },
  };
}

type Options<P> = Partial<Omit<StudyOptions<P>, "space">> & {
  readonly space?: Space<P>;
  readonly trials?: number;
  readonly seed?: number;
  readonly objectives?: Record<string, "minimize" | "maximize">;
  readonly constraints?: Record<string, { min?: number; max?: number }>;
};

/** Opens a study with everything defaulted. */
export function open<P = { readonly x: number }>({
  space = line as unknown as Space<P>,
  sampler = random(),
  trials,
  seed = 1,
  objectives,
  constraints = {},
  ...rest
}: Options<P> = {}): Promise<Study<P>> {
  const { name, version } = sampler.info;
  return Study.open<P>({
    space,
    sampler,
    definition: define(space, { objectives: listObjectives(objectives), constraints, seed }),
    settings: { sampler: { name, version, options: sampler.options }, ...(trials === undefined ? {} : { trials }) },
    clock: ticking(),
    host: host(),
    ...rest,
  });
}

/** Asks and tells until there is nothing more; resolves with how many trials were evaluated. */
export async function exhaust<P>(
  study: Study<P>,
  objective: (params: P, number: number) => Parameters<Study<P>["tell"]>[1] = () => 1,
): Promise<number> {
  for (let n = 0; ; n++) {
    const trial = await study.ask();
    if (trial === undefined || trial === "wait") return n;
    await study.tell(trial.number, objective(trial.params, trial.number));
  }
}
