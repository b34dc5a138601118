import type { Json } from "../../core/json.ts";
import type { Answer, Ask, Observation, Sampler, Setting } from "../../core/sampler.ts";
import type { Random } from "../../core/random.ts";
import { compareStandings, FEASIBLE, type Standing, standingOf } from "../standing.ts";
import { drawUntaken } from "../untaken.ts";
import { Categories } from "./categories.ts";
import type { CmaEsOptions } from "./cma-es.ts";
import { Distribution } from "./distribution.ts";
import { confine } from "./faces.ts";
import { keepMargin } from "./margin.ts";
import { bipop, ipop, type Plan, type Restarts } from "./restarts.ts";
import { Stopping } from "./stopping.ts";
import { defaultLambda } from "./strategy.ts";
import { warmStart } from "./warm-start.ts";

/** Beyond as many numeric axes only variances are learnt. */
const FULL = 60;
/** How many samples in a row may be refused or taken. */
const TRIES = 50;
/** The coordinates that a settled point gives back are rounded to 2⁻⁴⁸. */
const GRAIN = 2 ** -48;

/** One told trial of the generation that is being gathered. */
interface Member {
  readonly standing: Standing;
  readonly x: Float64Array;
  readonly unit: Float64Array;
  readonly loss: number;
  /** Drawn from the present distribution. */
  readonly own: boolean;
}

/**
 * CMA-ES as a fold over what was told: as soon as λ trials of a run are told, whatever generation they were drawn in, it
 * learns from them. What comes late or from elsewhere counts by its rank, with its step cut to a plausible length
 * (Hansen, "Injecting external solutions into CMA-ES", arXiv:1110.4181).
 */
export class CmaEs implements Sampler {
  readonly #setting: Setting;
  readonly #sigma: number;
  /** Indices of ordered and of unordered axes. */
  readonly #numeric: readonly number[];
  readonly #unordered: readonly number[];
  readonly #restarts: Restarts;
  readonly #random: Random;
  #run = -1;
  #plan!: Plan;
  #distribution!: Distribution;
  #categories!: Categories;
  #stopping!: Stopping;
  #spent = 0;
  #gathered: Member[] = [];
  #best: Standing | undefined;
  /** Told before anything of ours was: where to start. */
  #foreign: Member[] | undefined = [];
  /** Whether the start is to be fitted to them again. */
  #moved = false;
  #news: Observation[] = [];
  /** Whether every settled point is a sample: all axes are numeric and always active. */
  readonly #whole: boolean;
  // scratch: a sample, and the point of the cube for it
  readonly #x: Float64Array;
  readonly #raw: Float64Array;

  constructor(setting: Setting, { lambda, sigma = 0.25, restarts = "bipop" }: CmaEsOptions) {
    const { axes } = setting.cube;
    const open = axes.flatMap(({ size }, i) => (size > 1 ? [i] : []));
    this.#setting = setting;
    this.#sigma = sigma;
    this.#random = setting.random.fork("cmaEs");
    this.#numeric = open.filter((i) => axes[i]!.ordered);
    this.#unordered = open.filter((i) => !axes[i]!.ordered);
    this.#whole = this.#numeric.length === axes.length && axes.every(({ when }) => when === undefined);
    this.#x = new Float64Array(this.#numeric.length);
    this.#raw = new Float64Array(axes.length);
    const size = lambda ?? defaultLambda(open.length);
    this.#restarts = restarts === "bipop" ? bipop(size) : ipop(size);
    this.#begin();
  }

  tell(observation: Observation): void {
    this.#news.push(observation);
  }

  ask(ask: Ask): Answer {
    for (const observation of this.#news) this.#take(observation);
    this.#news = [];
    this.#settleStart();
    const { cube } = this.#setting;
    const x = this.#x;
    const raw = this.#raw.fill(0.5);
    const numeric = this.#numeric;
    for (let tries = 0; tries < TRIES; tries++) {
      this.#distribution.sample(ask.random, x);
      confine(x, this.#distribution, ask.random);
      for (let k = 0; k < numeric.length; k++) raw[numeric[k]!] = x[k]!;
      this.#categories.draw(ask.random, raw);
      const unit = cube.settle(raw);
      if (unit === undefined || (cube.size !== Infinity && ask.taken(unit))) continue;
      let exact = true;
      for (let k = 0; k < numeric.length; k++) exact &&= Math.abs(unit[numeric[k]!]! - x[k]!) <= GRAIN;
      const memo: Json = [this.#run, this.#distribution.generation, ...(exact ? [] : x)];
      return { unit, generation: this.#distribution.generation, memo };
    }
    const unit = drawUntaken(cube, ask);
    return unit === undefined ? "exhausted" : { unit, memo: [this.#run, -1] };
  }

  #take(observation: Observation): void {
    const { unit, losses, state } = observation;
    const memo = this.#read(observation.memo);
    const [run, generation] = memo;
    const standing = standingOf(observation, 1);
    const x = this.#whole && memo.length === 2 ? unit : this.#sampled(unit, memo);
    const loss = standing[0] === FEASIBLE ? losses[0]! : NaN;
    const own = run === this.#run && generation === this.#distribution.generation;
    const member: Member = { standing, x, unit, loss, own };
    const better = this.#best === undefined || compareStandings(standing, this.#best) < 0;
    if (run === -1 && this.#foreign !== undefined) {
      if (state === "complete") this.#foreign.push(member);
      this.#moved ||= state === "complete";
      return;
    }
    this.#settleStart();
    this.#foreign = undefined;
    // of other runs and other sources only what is better than everything in this run has something to say
    if (run !== this.#run && !(better && state === "complete")) return;
    if (better && state === "complete") this.#best = standing;
    this.#restarts.count();
    this.#spent++;
    this.#gathered.push(member);
    if (this.#gathered.length === this.#plan.lambda) this.#learn();
  }

  /** The sample behind a settled point: as the memo has it, else the point itself. */
  #sampled(unit: Float64Array, memo: readonly number[]): Float64Array {
    return Float64Array.from(this.#numeric, (i, k) => memo[2 + k] ?? (Number.isNaN(unit[i]!) ? 0.5 : unit[i]!));
  }

  /** A memo as numbers; run −1 where it is none of ours. */
  #read(memo: Json | undefined): readonly number[] {
    const fits = Array.isArray(memo) && (memo.length === 2 || memo.length === 2 + this.#numeric.length);
    return fits && memo.every((value) => typeof value === "number" && Number.isFinite(value))
      ? (memo as number[])
      : [-1, -1];
  }

  #learn(): void {
    const distribution = this.#distribution;
    const { n, strategy } = distribution;
    const ranked = this.#gathered.sort((a, b) => compareStandings(a.standing, b.standing));
    this.#gathered = [];
    const longest = Math.sqrt(n) + (2 * n) / (n + 2);
    const alpha = 1 / (strategy.lambda * (n + this.#unordered.length));
    this.#categories.update(
      ranked.map(({ unit }) => unit),
      strategy.weights,
      alpha,
    );
    if (n > 0) {
      distribution.update(ranked, longest);
      this.#keepInside(alpha);
    }
    const done = this.#stopping.check(
      distribution,
      ranked.map(({ loss }) => loss),
    );
    if (done || this.#spent >= this.#plan.limit) this.#begin();
  }

  /**
   * The mean stays within one deviation of the cube, and no deviation is longer than the cube. Integer axes keep their
   * margin.
   */
  #keepInside(alpha: number): void {
    const { axes } = this.#setting.cube;
    const distribution = this.#distribution;
    let widest = 0;
    for (let k = 0; k < this.#numeric.length; k++) widest = Math.max(widest, distribution.deviation(k));
    if (widest > 1) distribution.sigma /= widest;
    this.#numeric.forEach((i, k) => {
      const room = distribution.deviation(k);
      distribution.mean[k] = Math.min(1 + room, Math.max(-room, distribution.mean[k]!));
      if (axes[i]!.size !== Infinity) keepMargin(distribution, k, axes[i]!, alpha);
    });
  }

  /** Begins the next run, at a random place but for the first. */
  #begin(): void {
    this.#run++;
    this.#plan = this.#restarts.next(this.#random.fork(`plan ${this.#run}`));
    this.#restart(this.#run);
  }

  #settleStart(): void {
    if (!this.#moved) return;
    this.#moved = false;
    this.#restart(0);
  }

  #restart(run: number): void {
    const { axes } = this.#setting.cube;
    const random = this.#random.fork(`start ${run}`);
    const sigma = this.#sigma * this.#plan.shrink;
    const mean = Float64Array.from(this.#numeric, (i) => {
      const { focus, low, high, log } = axes[i]!;
      if (run > 0) return random.uniform();
      if (focus === undefined || log) return 0.5;
      return ((focus[0] + focus[1]) / 2 - low) / (high - low);
    });
    const known =
      run === 0
        ? warmStart(
            (this.#foreign ?? []).sort((a, b) => compareStandings(a.standing, b.standing)),
            this.#numeric.length,
          )
        : undefined;
    this.#distribution = new Distribution(known ?? { mean, sigma }, this.#plan.lambda, this.#numeric.length > FULL);
    this.#categories = new Categories(axes, this.#unordered);
    this.#stopping = new Stopping(sigma);
    this.#spent = 0;
    this.#gathered = [];
    this.#best = undefined;
  }
}
