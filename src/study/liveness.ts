import type { Clock } from "../core/clock.ts";
import type { Host } from "../core/host.ts";
import type { Trial } from "../core/trial.ts";
import type { Writer } from "./writer.ts";
import type { StudyOptions } from "./study-options.ts";

/** How long a session on another host may be silent before it counts as gone, in milliseconds. */
const LEASE = 60_000;
/** How often the journal is looked at while other sessions are known, in milliseconds. */
const LOOK = 2_000;

/**
 * Which sessions still live. On this host that is a matter of their processes. Of a session on another host it is known
 * by its events alone: it counts as gone after a whole lease without one, measured by this process's own clock from the
 * moment when it read the last one, so that the clocks of hosts need not agree.
 */
export class Liveness {
  readonly #writers: ReadonlyMap<string, Writer>;
  readonly #own: string;
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #lease: number;
  readonly #heard = new Map<string, number>();
  #renewed: number;
  /** Whether other sessions may be at work. */
  #company = true;
  /** Whether trials are out that any process may tell. */
  #outside = false;

  constructor(
    writers: ReadonlyMap<string, Writer>,
    own: string,
    { host, clock, lease = LEASE }: Pick<StudyOptions<unknown>, "host" | "clock" | "lease">,
  ) {
    this.#writers = writers;
    this.#own = own;
    this.#host = host;
    this.#clock = clock;
    this.#lease = lease;
    this.#renewed = clock.now();
  }

  /** A session wrote an event. */
  heard(writer: string): void {
    if (writer === this.#own) return;
    this.#heard.set(writer, this.#clock.now());
    this.#company = true;
  }

  /** Whether a session has ended or died. Ask after the journal was read. */
  gone(writer: string): boolean {
    if (writer === this.#own) return false;
    const known = this.#writers.get(writer);
    if (known === undefined || known.ended) return true;
    if (!this.#isAway(known)) return !this.#host.alive(known.process);
    const now = this.#clock.now();
    const since = this.#heard.get(writer);
    if (since === undefined) this.#heard.set(writer, now);
    return since !== undefined && now - since >= this.#lease;
  }

  /**
   * Why nobody will tell the result of a running trial any more; undefined while someone may. What was handed out to
   * other processes waits for them: for ever, or until its time is over by the clocks of both hosts.
   */
  lost({ writer, startedAt }: Pick<Trial, "startedAt"> & { readonly writer: string }): string | undefined {
    const outside = this.#writers.get(writer)?.settings.outside;
    if (outside === undefined) return this.gone(writer) ? "the process that ran this attempt is gone" : undefined;
    const { timeout = Infinity } = outside;
    if (this.#clock.now() - (startedAt ?? 0) > timeout) return `no result was told within ${timeout} ms`;
    this.#outside = true;
    return undefined;
  }

  /** Looks who is there; whether it is time to show sessions on other hosts that this one lives: every half-life of a lease. */
  isDue(): boolean {
    const others = [...this.#writers].filter(([writer]) => writer !== this.#own && !this.gone(writer));
    this.#company = others.length > 0 || this.#outside;
    this.#outside = false;
    return this.#clock.now() - this.#renewed >= this.#lease / 2 && others.some(([, known]) => this.#isAway(known));
  }

  renewed(): void {
    this.#renewed = this.#clock.now();
  }

  /** After how many milliseconds the journal should be looked at again: soon while there are others, else in time to meet newcomers. */
  get lookAfter(): number {
    return this.#company ? Math.min(LOOK, this.#lease / 2) : this.#lease / 2;
  }

  #isAway({ process }: Writer): boolean {
    return process.host !== this.#host.identity.host;
  }
}
