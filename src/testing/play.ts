import type { Json } from "../core/json.ts";
import { createRandom } from "../core/random.ts";
import type { Observation, Running, Sampler, SamplerFactory, Suggestion } from "../core/sampler.ts";
import type { Space } from "../space/space.ts";

/** How a sampler is played: a study in miniature, deterministic. */
export interface Game {
  readonly space: Space;
  readonly seed: number;
  /** How many trials are asked for. */
  readonly rounds: number;
  /** @default 1 */
  readonly objectives?: number;
  /** How many trials run at a time; results come in a shuffled order. @default 1 */
  readonly workers?: number;
  /** The losses of a configuration. @default the distance from 0.3 along every axis, one objective per corner */
  readonly losses?: (unit: Float64Array) => number[];
  /** Which trials fail, are pruned or break a constraint, by number. @default some of each */
  readonly fate?: (number: number) => "complete" | "pruned" | "failed" | "infeasible";
  /** Which configurations are cut off: told as complete, with these losses as bounds. @default none */
  readonly bounds?: (unit: Float64Array) => number[] | undefined;
  /** Called before each ask, with the sampler. */
  readonly before?: (sampler: Sampler, ask: Parameters<Sampler["ask"]>[0]) => void | Promise<void>;
  /** Observations that were told in an earlier session. */
  readonly told?: readonly Observation[];
}

/** What happened. */
export interface Played {
  readonly asked: readonly {
    readonly number: number;
    readonly unit: readonly number[];
    readonly memo?: Json;
    readonly generation?: number;
  }[];
  readonly told: readonly Observation[];
  readonly exhausted: boolean;
  readonly warnings: readonly string[];
}

const someFail = (number: number): "complete" | "pruned" | "failed" | "infeasible" =>
  number % 11 === 5 ? "failed" : number % 13 === 7 ? "pruned" : number % 17 === 9 ? "infeasible" : "complete";

/** Squared distances from 0.3 + 0.4·k / m along every active axis, for objective k of m. */
export function bowls(unit: Float64Array, objectives: number): number[] {
  return Array.from({ length: objectives }, (_, k) =>
    unit.reduce((sum, u) => sum + (Number.isNaN(u) ? 0.01 : (u - 0.3 - (0.4 * k) / objectives) ** 2), 0),
  );
}

/** Plays a sampler against a study in miniature. */
export async function play(factory: SamplerFactory, game: Game): Promise<Played> {
  const {
    space,
    seed,
    rounds,
    objectives = 1,
    workers = 1,
    fate = someFail,
    losses = (unit) => bowls(unit, objectives),
  } = game;
  const root = createRandom(seed);
  const warnings: string[] = [];
  const sampler = factory.create({
    cube: space.cube,
    objectives,
    constraints: 1,
    budget: rounds,
    random: root.fork("sampler"),
    warn: (message) => warnings.push(message),
  });
  const asked: Played["asked"][number][] = [];
  const told: Observation[] = [...(game.told ?? [])];
  for (const observation of told) sampler.tell(observation);
  const running: (Running & { readonly unit: Float64Array })[] = [];
  const order = root.fork("order");
  const holders = new Set(told.filter(({ state }) => state !== "rejected").map(({ unit }) => String(unit)));
  const first = told.length;
  let exhausted = false;
  const tell = (trial: Running, state: Observation["state"], violated = false): void => {
    const bound = state === "complete" ? game.bounds?.(trial.unit) : undefined;
    const measured = observe(trial, state, state === "complete" ? (bound ?? losses(trial.unit)) : [], violated);
    const observation = bound === undefined ? measured : { ...measured, atLeast: true as const, constraints: [NaN] };
    told.push(observation);
    sampler.tell(observation);
  };
  const finish = (): void => {
    const [trial] = running.splice(order.integer(running.length), 1);
    const end = fate(trial!.number);
    tell(trial!, end === "infeasible" ? "complete" : end, end === "infeasible");
  };
  for (let number = first; number < first + rounds; number++) {
    const ask = {
      number,
      running: [...running],
      random: root.fork(number),
      taken: (unit: ArrayLike<number>) => holders.has(String(space.cube.settle(unit))),
    };
    await game.before?.(sampler, { ...ask, random: root.fork(number) });
    const answer = await sampler.ask(ask);
    if (answer === "exhausted") {
      exhausted = true;
      break;
    }
    if (answer === "wait") {
      if (running.length === 0) throw new Error("the sampler waits while nothing runs");
      finish();
      number--;
      continue;
    }
    asked.push(copy(number, answer));
    const memo = answer.memo === undefined ? {} : { memo: JSON.parse(JSON.stringify(answer.memo)) as Json };
    const generation = answer.generation === undefined ? {} : { generation: answer.generation };
    const settled = space.cube.settle(answer.unit);
    const unit = settled ?? space.unit(space.rowAt(answer.unit));
    const trial = { number, unit, ...memo, ...generation };
    if (settled === undefined) tell(trial, "rejected");
    else if (holders.has(String(unit)) && !answer.again) tell(trial, "complete");
    else {
      holders.add(String(unit));
      running.push(trial);
    }
    while (running.length >= workers) finish();
  }
  while (running.length > 0) finish();
  return { asked, told, exhausted, warnings };
}

function copy(number: number, { unit, memo, generation }: Suggestion): Played["asked"][number] {
  return {
    number,
    unit: Array.from(unit),
    ...(memo === undefined ? {} : { memo }),
    ...(generation === undefined ? {} : { generation }),
  };
}

function observe(trial: Running, state: Observation["state"], losses: number[], violated: boolean): Observation {
  return {
    ...trial,
    state,
    losses,
    constraints: state === "complete" ? [violated ? 1 : -1] : [],
    cost: 1,
    duration: 1,
    reports: [],
    ...(state === "failed" ? { failure: "error" as const } : {}),
  };
}
