import { expectNumber, refuseUnknown, show, usage } from "./errors.ts";
import { type Normalize, type NormalizePolicy, normalizePolicy } from "./normalize.ts";
import { FAILURE_KINDS, type FailureKind } from "./outcome.ts";
import { type Repeats, repeatsPolicy } from "./repeats.ts";

/** When an attempt's scratch directory outlives it. */
export type Keep = "never" | "failed" | "always";

/** Whether each attempt has a scratch directory of its own, or all attempts of a trial have one. */
export type DirectoryOf = "attempt" | "trial";

/** A named pool of tokens, such as GPU ids, ports or licences. */
export interface ResourcePool {
  /** The tokens; a number n stands for 0 … n − 1. */
  readonly tokens: number | readonly (string | number)[];
  /** How many tokens each attempt is leased. @default 1 */
  readonly each?: number;
}

/** What every evaluator takes beside its own options: how attempts are provided for, and when they are repeated. */
export interface AttemptOptions {
  /** How often a trial whose attempt failed in this way is run again. @default { lost: 1 } */
  readonly retry?: Readonly<Partial<Record<FailureKind, number>>>;
  /** Which scratch directories are kept. @default "never" */
  readonly keep?: Keep;
  /**
   * With "trial", all attempts of a trial have the same scratch directory, so that training resumes where it was: also
   * when a search is resumed on the same host, after a crash too. It is removed, or kept, when the trial is over.
   * @default "attempt"
   */
  readonly directory?: DirectoryOf;
  /** Where scratch directories are made. @default the environment variable ATTUNE_SCRATCH, else `attune-UID` in the system's temporary directory */
  readonly scratch?: string;
  /**
   * Tokens that each attempt is leased, by pool; the objective finds them in `trial.leases`. No two attempts of one user
   * on one host ever hold the same token of pools of one name, whichever search they belong to. An attempt's time begins
   * when it has its tokens.
   * @default none
   */
  readonly resources?: Readonly<Record<string, ResourcePool | ResourcePool["tokens"]>>;
  /**
   * How often each attempt runs the objective; the values are reduced, to their median unless `reduce` says otherwise. A
   * run that gives no values ends the attempt, `timeout` limits all runs together, and the first one alone reports.
   * @default 1
   */
  readonly repeats?: number | Repeats;
  /**
   * Compare trials by their values relative to the baseline's, as `normalize()` has it. The baseline is measured alone
   * first wherever trials run: on each host, with each set of leased tokens.
   * @default false
   */
  readonly normalize?: boolean | Normalize;
  /** No run of the objective is pruned at a step before this one. @default 0 */
  readonly minSteps?: number;
  /**
   * A run that reports this step, or a later one, is ended and complete: what it reported there are its values, which must
   * hold every objective and every name that a limit needs. @default without end
   */
  readonly maxSteps?: number;
}

/** {@link AttemptOptions}, checked and complete. */
export interface AttemptPolicy {
  readonly retry: Retry;
  readonly keep: Keep;
  readonly directory: DirectoryOf;
  readonly scratch: string | undefined;
  readonly resources: Readonly<Record<string, { readonly tokens: readonly string[]; readonly each: number }>>;
  readonly repeats: Required<Repeats>;
  /** Undefined: values stay as they are. */
  readonly normalize: NormalizePolicy | undefined;
  readonly minSteps: number | undefined;
  readonly maxSteps: number | undefined;
}

/** The names of {@link AttemptOptions}. */
export const ATTEMPT_OPTIONS: readonly (keyof AttemptOptions)[] = [
  "retry",
  "keep",
  "directory",
  "scratch",
  "resources",
  "repeats",
  "normalize",
  "minSteps",
  "maxSteps",
];

/** How often a trial whose attempt failed is run again, by the kind of failure. */
export type Retry = Readonly<Record<FailureKind, number>>;

/** A trial whose process was lost has another chance; whatever else fails would fail again. */
export const RETRY: Retry = { error: 0, invalid: 0, timeout: 0, memory: 0, crash: 0, lost: 1 };
const KEEPS: readonly Keep[] = ["never", "failed", "always"];
const DIRECTORIES: readonly DirectoryOf[] = ["attempt", "trial"];

/** Checks the options and fills in the defaults. */
export function attemptPolicy(options: AttemptOptions): AttemptPolicy {
  const { retry = {}, keep = "never", directory = "attempt", scratch, resources = {} } = options;
  const { repeats = 1, normalize = false, minSteps, maxSteps } = options;
  refuseUnknown("retry", retry, FAILURE_KINDS);
  for (const [kind, times] of Object.entries(retry)) expectNumber(`retry.${kind}`, times, { integer: true, low: 0 });
  if (!KEEPS.includes(keep))
    throw usage(`Expected \`keep\` to be ${KEEPS.map((k) => `"${k}"`).join(", ")}, got ${show(keep)}`);
  if (!DIRECTORIES.includes(directory))
    throw usage(`Expected \`directory\` to be "attempt" or "trial", got ${show(directory)}`);
  if (scratch !== undefined && (typeof scratch !== "string" || scratch === ""))
    throw usage(`Expected \`scratch\` to be a directory, got ${show(scratch)}`);
  if (minSteps !== undefined) expectNumber("minSteps", minSteps, { low: 0 });
  if (maxSteps !== undefined) expectNumber("maxSteps", maxSteps, { low: minSteps ?? 0 });
  const pools = Object.entries(resources).map(([name, pool]) => [name, poolOf(name, pool)] as const);
  return {
    retry: { ...RETRY, ...retry },
    keep,
    directory,
    scratch,
    resources: Object.fromEntries(pools),
    repeats: repeatsPolicy(repeats),
    normalize: normalizePolicy(normalize),
    minSteps,
    maxSteps,
  };
}

function poolOf(name: string, given: ResourcePool | ResourcePool["tokens"]): AttemptPolicy["resources"][string] {
  const at = `resources.${name}`;
  if (!/^[A-Za-z][\w-]*$/.test(name))
    throw usage(
      `Expected the name of a resource to be a letter followed by letters, digits, _ or -, got ${show(name)}`,
    );
  const pool = typeof given === "number" || Array.isArray(given) ? { tokens: given as ResourcePool["tokens"] } : given;
  if (typeof pool !== "object" || pool === null || Array.isArray(pool))
    throw usage(`Expected \`${at}\` to be a number, a list of tokens or { tokens, each }, got ${show(given)}`);
  refuseUnknown(at, pool, ["tokens", "each"]);
  const { tokens, each = 1 } = pool as ResourcePool;
  const list = Array.isArray(tokens)
    ? (tokens as readonly (string | number)[]).map(String)
    : Array.from({ length: expectNumber(at, tokens, { integer: true, low: 1 }) }, (_, i) => String(i));
  if (list.length === 0 || list.some((token) => token === "") || new Set(list).size < list.length)
    throw usage(`Expected the tokens of \`${at}\` to be distinct texts or numbers, at least one, got ${show(tokens)}`);
  expectNumber(`${at}.each`, each, { integer: true, low: 1, high: list.length });
  return { tokens: list, each };
}
