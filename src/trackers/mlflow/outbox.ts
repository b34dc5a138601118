import { createRandom } from "../../core/random.ts";
import { messageOf } from "../../core/errors.ts";
import { realClock } from "../../system/clock.ts";
import { randomSeed } from "../../system/entropy.ts";
import { Unavailable } from "./trouble.ts";

/** Milliseconds before the second try, and the most before any. */
const PAUSE = 250;
const LONGEST_PAUSE = 15_000;
/** How often something may fail before there is a word about it. */
const SILENT = 3;
/** At the end, so many times the patience is waited in all. */
const WHOLE = 20;

/** What an outbox needs. */
export interface OutboxParts<K> {
  /** Sends what there is to send about a thing, as it stands then. */
  readonly send: (key: K) => Promise<void>;
  /** Told that a thing will not be sent, as the server said no to it. */
  readonly refused: (key: K, reason: string) => void;
  /** Told why nothing can be sent at the moment, once until something can again. */
  readonly down: (reason: string) => void;
  /** How many requests are under way at a time. */
  readonly lanes: number;
}

/**
 * Names of things about which there is something to send. What is sent is made when it is sent: an outbox holds no
 * payloads, so that it need not drop any, however long a server is away. After a failure it tries one thing at a time,
 * after pauses that double.
 */
export class Outbox<K> {
  readonly #parts: OutboxParts<K>;
  readonly #waiting = new Set<K>();
  readonly #active = new Set<K>();
  readonly #random = createRandom(randomSeed());
  #failures = 0;
  #reason = "";
  #resting: AbortController | undefined = undefined;
  #sent = 0;
  #hurry = false;
  /** Whether waiting for the server is of little use. */
  #hopeless = false;
  #closed = false;
  /** Rung when something was sent, or will not be. */
  #bell = new AbortController();

  constructor(parts: OutboxParts<K>) {
    this.#parts = parts;
  }

  add(key: K): void {
    if (this.#closed) return;
    this.#waiting.add(key);
    this.#pump();
  }

  /** Whether the server did not answer when it was last asked. */
  get isDown(): boolean {
    return this.#failures > 0;
  }

  /** Why it did not. */
  get reason(): string {
    return this.#reason;
  }

  get unsent(): readonly K[] {
    return [...new Set([...this.#active, ...this.#waiting])];
  }

  /**
   * Waits until everything is sent: as long as something is sent every `patience` milliseconds, but no longer than 20
   * times that. Resolves with whether all of it was.
   */
  async drain(patience: number): Promise<boolean> {
    this.#hurry = true;
    this.#hopeless = false;
    this.#resting?.abort();
    const end = realClock.now() + WHOLE * patience;
    let seen = -1;
    while (this.#waiting.size + this.#active.size > 0 && seen !== this.#sent && !this.#hopeless) {
      const left = end - realClock.now();
      if (left <= 0) break;
      seen = this.#sent;
      await realClock.sleep(Math.min(patience, left), this.#bell.signal);
    }
    return this.#waiting.size + this.#active.size === 0;
  }

  /** Nothing more is sent. */
  close(): void {
    this.#closed = true;
    this.#resting?.abort();
  }

  #pump(): void {
    if (this.#closed || this.#resting !== undefined) return;
    const lanes = this.isDown ? 1 : this.#parts.lanes;
    for (const key of this.#waiting) {
      if (this.#active.size >= lanes) return;
      if (this.#active.has(key)) continue;
      this.#waiting.delete(key);
      this.#active.add(key);
      void this.#run(key);
    }
  }

  async #run(key: K): Promise<void> {
    try {
      await this.#parts.send(key);
      this.#failures = 0;
      this.#ring();
    } catch (error) {
      if (error instanceof Unavailable) {
        this.#waiting.add(key);
        this.#fail(error);
      } else {
        this.#parts.refused(key, messageOf(error));
        this.#ring();
      }
    } finally {
      this.#active.delete(key);
      this.#pump();
    }
  }

  #ring(): void {
    this.#sent++;
    this.#wake();
  }

  #wake(): void {
    this.#bell.abort();
    this.#bell = new AbortController();
  }

  /** Those that were under way at the same time fail together, and count once. */
  #fail({ message, refused }: Unavailable): void {
    this.#reason = message;
    this.#hopeless = refused;
    if (refused) this.#wake();
    if (this.#closed || this.#resting !== undefined) return;
    this.#failures++;
    if (this.#failures === (refused ? 1 : SILENT)) this.#parts.down(message);
    const longest = this.#hurry ? 2 * PAUSE : LONGEST_PAUSE;
    const pause = Math.min(longest, PAUSE * 2 ** (this.#failures - 1)) * (0.5 + this.#random.uniform() / 2);
    void this.#rest(pause);
  }

  async #rest(pause: number): Promise<void> {
    const resting = (this.#resting = new AbortController());
    await realClock.sleep(pause, resting.signal);
    this.#resting = undefined;
    this.#pump();
  }
}
