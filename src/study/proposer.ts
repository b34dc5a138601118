import type { Clock } from "../core/clock.ts";
import { AttuneError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Suggestion } from "../core/sampler.ts";
import { isClaim } from "./fold.ts";
import type { Log } from "./log.ts";
import { Postponed } from "./postponed.ts";
import type { Proposal } from "./proposal.ts";
import type { TrialRecord } from "./record.ts";
import { Reserved } from "./reserved.ts";
import { Suggester, type SuggesterParts } from "./suggester.ts";

interface Parts<P> extends SuggesterParts<P> {
  readonly log: Log<TrialRecord<P> | undefined>;
  readonly writer: string;
  readonly clock: Clock;
  /** After so many reservations in a row that were dropped there are no more. */
  readonly dropLimit: number;
}

/** After so many twins and refused suggestions in a row the study draws a configuration itself. */
const FREE_IN_A_ROW = 50;

/** Finds the next trial to run: what waits, else what the sampler suggests, settled, checked and journalled. */
export class Proposer<P> {
  readonly reserved: Reserved = new Reserved();
  readonly suggester: Suggester<P>;
  readonly postponed: Postponed<P>;
  readonly #parts: Parts<P>;
  /** Numbers claimed and not used yet. */
  readonly #spare: number[] = [];
  /** All numbers below this one were used. */
  #used = 0;
  ended: "trials" | "generations" | "exhausted" | "dropped" | undefined = undefined;

  constructor(parts: Parts<P>) {
    this.#parts = parts;
    this.suggester = new Suggester(parts, this.reserved);
    this.postponed = new Postponed(parts);
  }

  /** A trial that waits to be run, before the sampler speaks; resolves with its number. */
  async create(params: P, source: "baseline" | "first" | "enqueued"): Promise<number> {
    const { log, writer } = this.#parts;
    const given = { source, params: params as Json };
    return (await log.append([{ type: "trial-created", at: this.#now(), writer, ...given }]))!.number;
  }

  /** Whether a trial has these parameters, or waits with them. */
  holds(params: P): boolean {
    const { fold, space } = this.#parts;
    if (fold.holder(space.row(params)) !== undefined) return true;
    const text = JSON.stringify(params);
    return fold.queue.some((number) => JSON.stringify(fold.trials[number]!.given) === text);
  }

  /** Claims of sessions that are gone are used before new ones are made. */
  adoptClaims(gone: (writer: string) => boolean): void {
    const { trials } = this.#parts.fold;
    while (this.#used < trials.length && !isClaim(trials[this.#used]!)) this.#used++;
    for (let number = this.#used; number < trials.length; number++) {
      if (!isClaim(trials[number]!) || this.#spare.includes(number) || this.reserved.has(number)) continue;
      if (gone(trials[number]!.writer)) this.#spare.push(number);
    }
  }

  /** A trial that now runs; "wait"; or undefined when there is nothing more (`ended` says why). */
  async ask(): Promise<TrialRecord<P> | "wait" | undefined> {
    for (;;) {
      const proposal = await this.#next();
      if (typeof proposal !== "object") return proposal;
      const trial = await this.#start(proposal);
      if (trial !== undefined) return trial;
    }
  }

  /** What can be started next; "wait"; or undefined when there is nothing more (`ended` says why). */
  async #next(): Promise<Proposal | "wait" | undefined> {
    const { fold, log, settings, dropLimit } = this.#parts;
    const { reserved, postponed } = this;
    const budget = settings.trials;
    for (let free = 0; ;) {
      if (reserved.inARow >= dropLimit) return this.#end("dropped");
      const left = (budget ?? Infinity) - fold.counted - this.#underWay();
      const queued = fold.queue.find((number) => {
        const trial = fold.trials[number]!;
        return !reserved.has(number) && !postponed.has(trial) && (left > 0 || trial.source === "baseline");
      });
      if (queued !== undefined) {
        const proposal = await this.#waiting(fold.trials[queued]!);
        if (proposal !== undefined) return proposal;
        continue;
      }
      if (left <= postponed.places && budget !== undefined)
        return fold.counted < budget || postponed.baseline ? "wait" : this.#end("trials");
      const claim =
        this.#spare.pop() ??
        (await log.append([{ type: "trial-created", at: this.#now(), writer: this.#parts.writer, ...this.#of() }]))!
          .number;
      if (!isClaim(fold.trials[claim]!)) continue;
      const answer = free < FREE_IN_A_ROW ? await this.suggester.suggest(claim) : this.suggester.ownDraw(claim);
      if (answer === "wait" || answer === "exhausted") {
        this.#spare.push(claim);
        if (postponed.size > 0) return "wait";
        if (answer === "exhausted")
          return this.#end(
            this.#parts.sampler.info.generational && settings.generations !== undefined ? "generations" : "exhausted",
          );
        if (fold.running.size > 0 || reserved.outstanding.size > 0) return "wait";
        if (this.suggester.behind || fold.queue.length > 0) continue; // what it waited for has finished, or is to run again
        throw new AttuneError("usage", `The sampler \`${this.#parts.sampler.info.name}\` waits while nothing runs`);
      }
      const proposal = this.#settle(claim, answer);
      if ("row" in proposal) return proposal;
      await proposal;
      free++;
    }
  }

  #end(reason: NonNullable<Proposer<P>["ended"]>): undefined {
    this.ended = reason;
  }

  /** How many trials are under way that would count: running, claimed and reserved ones. */
  #underWay(): number {
    const { fold } = this.#parts;
    let waiting = 0;
    for (const number of this.reserved.outstanding.keys()) {
      const trial = fold.trials[number]!;
      const counted = isClaim(trial) || trial.source === "baseline";
      if (!counted && (trial.state === "waiting" || trial.state === "queued")) waiting++;
    }
    return fold.inFlight - this.#spare.length + waiting;
  }

  /** Starts what was proposed; undefined when another process was faster, or took its place in the budget. */
  async #start({ row, event }: Proposal): Promise<TrialRecord<P> | undefined> {
    const { log, writer } = this.#parts;
    await log.append([{ type: "trial-started", at: this.#now(), writer, ...event }], row);
    const trial = this.#mine(event.number, event.attempt);
    if (trial === undefined) return undefined;
    this.reserved.inARow = 0;
    if (this.ended === "dropped") this.ended = undefined;
    return trial;
  }

  /** What can be started next, given out to be validated. */
  async reserve(): Promise<Proposal | "wait" | undefined> {
    const proposal = await this.#next();
    if (typeof proposal === "object") this.reserved.add(proposal);
    return proposal;
  }

  /** Starts what was reserved; undefined when another process was faster, or took its place in the budget. */
  async commit(proposal: Proposal): Promise<TrialRecord<P> | undefined> {
    try {
      return await this.#start(proposal);
    } finally {
      this.reserved.release(proposal);
    }
  }

  /** Rejects what was reserved. */
  async drop(proposal: Proposal, reason: string): Promise<void> {
    try {
      await this.#reject(reason, proposal.event);
    } finally {
      this.reserved.drop(proposal);
    }
  }

  async #reject(
    reason: string,
    { number, params, generation, memo }: Pick<Proposal["event"], "number" | "params" | "generation" | "memo">,
  ): Promise<void> {
    const given = {
      ...(params === undefined ? {} : { params }),
      ...(generation === undefined ? {} : { generation }),
      ...(memo === undefined ? {} : { memo }),
    };
    await this.#parts.log.append([{ type: "trial-rejected", at: this.#now(), number, reason, ...given }]);
  }

  #of(): { of?: number } {
    const { trials } = this.#parts.settings;
    return trials === undefined ? {} : { of: trials };
  }

  #now(): number {
    return this.#parts.clock.now();
  }

  /** What a trial that has parameters already proposes; undefined when it was free: out of the space, or a twin. */
  async #waiting(trial: TrialRecord<P>): Promise<Proposal | undefined> {
    const { fold, space } = this.#parts;
    const { number } = trial;
    const row = trial.row ?? (space.problem(trial.given) === undefined ? space.row(trial.given as P) : undefined);
    if (row === undefined) {
      await this.#reject(space.problem(trial.given) ?? "not in the space", { number });
      return undefined;
    }
    const params = trial.row === undefined ? { params: trial.given as Json } : {};
    const proposal = { row, event: { number, attempt: trial.attempt + 1, ...params, ...this.#of() } };
    const twin = trial.attempt === 0 ? fold.holder(row) : undefined;
    if (twin === undefined) return proposal;
    await this.#follow(proposal, twin);
    return undefined;
  }

  /** Starts what was proposed as the twin of an earlier trial. */
  async #follow({ row, event }: Proposal, twin: number): Promise<void> {
    const { log, writer } = this.#parts;
    await log.append([{ type: "trial-started", at: this.#now(), writer, ...event, twin }], row);
  }

  /** The trial, if this session is the one that runs it. */
  #mine(number: number, attempt: number): TrialRecord<P> | undefined {
    const trial = this.#parts.fold.trials[number]!;
    const runs = trial.state === "running" && trial.twin === undefined && trial.attempt === attempt;
    return runs && trial.writer === this.#parts.writer ? trial : undefined;
  }

  /** What a suggestion proposes, or what is done where it is free: refused, a twin, reserved or dropped in this session. */
  #settle(number: number, { unit, generation, memo, note, again }: Suggestion): Proposal | Promise<void> {
    const { fold, space } = this.#parts;
    const row = space.rowAt(unit);
    const params = space.read(row) as Json;
    const event = {
      number,
      attempt: 1,
      params,
      ...(generation === undefined ? {} : { generation }),
      ...(memo === undefined ? {} : { memo }),
      ...(note === undefined ? {} : { note }),
    };
    const reserved = again ? undefined : this.reserved.holder(row);
    const reason = space.rules.length > 0 ? space.refusal(params as P) : undefined;
    if (reason !== undefined || reserved !== undefined)
      return this.#reject(reason ?? `the same as trial ${reserved}, which is reserved or was dropped`, event);
    const twin = again ? undefined : fold.holder(row);
    return twin === undefined ? { row, event } : this.#follow({ row, event }, twin);
  }
}
