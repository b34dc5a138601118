import type { AttemptPolicy } from "../core/attempt-policy.ts";
import type { Leases } from "../core/evaluator.ts";
import { realClock } from "../system/clock.ts";
import { anyReleased, hold } from "../system/host-lock.ts";
import { settledOrAborted } from "../system/waiting.ts";
import { lockOf, Token } from "./token.ts";

/** Milliseconds between looks at what a killed holder of a token left running. */
const LOOK = 25;
/** Milliseconds after which the user is told what is waited for. */
const PATIENCE = 5_000;

/** Tokens that an attempt holds. */
export interface Lease {
  readonly tokens: Leases;
  release(): Promise<void>;
}

/**
 * Leases tokens out of named pools to the attempts of one search. A token is a lock of the whole host, so that no two
 * attempts hold the same one, whichever search they belong to; it is freed by the operating system when this process
 * dies. An attempt gets all that it needs or waits without holding any, and those of one search wait in line.
 */
export class TokenPools {
  readonly #pools: readonly Pool[];
  readonly #log: (line: string) => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor(resources: AttemptPolicy["resources"], log: (line: string) => void) {
    this.#pools = Object.entries(resources).map(([name, { tokens, each }]) => ({ name, tokens, each }));
    this.#log = log;
  }

  /** Whether there are any pools. */
  get needed(): boolean {
    return this.#pools.length > 0;
  }

  /** How many attempts can hold what they need at a time. */
  get concurrency(): number {
    return Math.min(Infinity, ...this.#pools.map(({ tokens, each }) => Math.floor(tokens.length / each)));
  }

  /** Waits for its turn and for tokens. Rejects with the signal's reason. */
  async lease(signal: AbortSignal): Promise<Lease> {
    if (!this.needed) return NO_LEASE;
    const before = this.#last;
    let leave!: () => void;
    const turn = new Promise<void>((resolve) => {
      leave = resolve;
    });
    this.#last = before.then(() => turn);
    try {
      await settledOrAborted(before, signal);
      return await this.#acquire(signal);
    } finally {
      leave();
    }
  }

  async #acquire(signal: AbortSignal): Promise<Lease> {
    const start = realClock.now();
    for (let told = false; ;) {
      signal.throwIfAborted();
      const lacking = await this.#try(signal);
      if ("release" in lacking) return lacking;
      const { held, survivors } = lacking;
      if (!told && survivors.length > 0 && realClock.now() - start > PATIENCE) {
        this.#log(`waiting for what a killed search left running: process ${survivors.join(", ")}`);
        told = true;
      }
      if (survivors.length > 0) await realClock.sleep(LOOK, signal);
      else await anyReleased(held, signal);
    }
  }

  /** Takes everything, or nothing; whoever needs several tokens lets nobody else of his kind in meanwhile. */
  async #try(signal: AbortSignal): Promise<Lease | Lacking> {
    const several = this.#pools.length > 1 || this.#pools[0]!.each > 1;
    const door = several ? await hold("lease", signal) : undefined;
    const taken: Token[] = [];
    const release = async (): Promise<void> => void (await Promise.all(taken.map((token) => token.release())));
    try {
      for (const { name, tokens, each } of this.#pools) {
        const lacking: Lacking = { held: [], survivors: [] };
        const wanted = taken.length + each;
        for (const token of tokens) {
          if (taken.length === wanted) break;
          const found = await Token.take(name, token);
          if (found instanceof Token) taken.push(found);
          else if (found.length === 0) lacking.held.push(lockOf(name, token));
          else lacking.survivors.push(...found);
        }
        if (taken.length === wanted) continue;
        await release();
        return lacking;
      }
    } catch (error) {
      await release();
      throw error;
    } finally {
      await door?.[Symbol.asyncDispose]();
    }
    const tokens: Record<string, readonly string[]> = {};
    for (const pool of this.#pools) {
      const mine = (tokens[pool.name] = taken.filter((token) => token.pool === pool.name).map(({ name }) => name));
      pool.tokens = [...pool.tokens.filter((token) => !mine.includes(token)), ...mine];
    }
    return { tokens, release };
  }
}

/** Why there are not enough tokens of a pool: others hold them, or were killed and left something running. */
interface Lacking {
  readonly held: string[];
  readonly survivors: number[];
}

interface Pool {
  readonly name: string;
  /** Those first that were not used for longest, so that none is favoured. */
  tokens: readonly string[];
  readonly each: number;
}

/** What an attempt holds that needs nothing. */
export const NO_LEASE: Lease = { tokens: {}, release: async () => {} };
