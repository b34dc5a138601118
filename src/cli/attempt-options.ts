import { resolve } from "node:path";
import type { DirectoryOf, Keep, ResourcePool } from "../core/attempt-policy.ts";
import { type AttemptSettings, attemptSettings } from "../core/attempt-settings.ts";
import { expectNumber, usage } from "../core/errors.ts";
import type { Reduce } from "../core/repeats.ts";
import { cannotKeep, type EvaluatorDefinition, type LimitName } from "../core/evaluator.ts";
import type { SearchSettings } from "../core/event.ts";
import * as evaluators from "../evaluators/index.ts";
import { readDuration, readSize } from "../formats/quantity.ts";
import { evaluatorOf } from "../search/parts.ts";
import { pick } from "../search/registry.ts";
import type { AnySpec } from "../search/spec.ts";

/** The options of the command line about attempts, as commander gives them. */
export interface AttemptFlags {
  readonly memory?: string;
  readonly cpuTime?: string;
  readonly retry?: string;
  readonly keep?: Keep;
  readonly directory?: DirectoryOf;
  readonly scratch?: string;
  readonly resource?: readonly string[];
  readonly repeats?: string;
  readonly reduce?: Reduce;
  readonly normalize?: boolean;
  readonly normalizeEvery?: string;
  readonly interleave?: boolean;
  readonly minSteps?: string;
  readonly maxSteps?: string;
}

/** What the flags say. */
export function readAttemptFlags(flags: AttemptFlags): AttemptSettings {
  const { memory, cpuTime, retry, keep, directory, scratch, resource, minSteps, maxSteps } = flags;
  return {
    ...(memory === undefined ? {} : { memory: readSize(memory, "--memory") }),
    ...(cpuTime === undefined ? {} : { cpuSeconds: readDuration(cpuTime, "--cpu-time") / 1000 }),
    ...(retry === undefined ? {} : { retry: readRetry(retry) }),
    ...(keep === undefined ? {} : { keep }),
    ...(directory === undefined ? {} : { directory }),
    ...(scratch === undefined ? {} : { scratch: resolve(scratch) }),
    ...(resource === undefined ? {} : { resources: readResources(resource) }),
    ...(minSteps === undefined ? {} : { minSteps: whole("--min-steps", minSteps) }),
    ...(maxSteps === undefined ? {} : { maxSteps: whole("--max-steps", maxSteps) }),
    ...readMeasuring(flags),
  };
}

/** The settings of this run: the command line over the journal's last ones over the file's. */
export function settingsOf(
  flags: AttemptFlags,
  journal: SearchSettings | undefined,
  file: AttemptSettings = {},
): AttemptSettings {
  return { ...file, ...attemptSettings(journal?.attempts ?? {}), ...readAttemptFlags(flags) };
}

/** The evaluator with the settings; throws a usage error where it cannot keep one of them. */
export function withSettings(
  evaluator: NonNullable<AnySpec["evaluator"]>,
  settings: AttemptSettings,
  workers: number | undefined,
): NonNullable<AnySpec["evaluator"]> {
  const chosen = evaluatorOf({ evaluator });
  if (workers !== undefined && !chosen.info.limits.includes("workers")) throw cannotKeep(chosen.info, "workers");
  return Object.keys(settings).length === 0 ? evaluator : chosen.with(settings);
}

/** Who runs commands where nobody says it: a program has a process of its own already, and only limits on it need more. */
export const COMMANDS: readonly string[] = ["inline", "processes"];

/** The first of some evaluators that keeps every limit in the settings; the very first if none does. */
export function keeping(names: readonly string[], settings: AttemptSettings): string {
  const limits = (["memory", "cpuSeconds"] satisfies LimitName[]).filter((limit) => settings[limit] !== undefined);
  const keeps = (name: string): boolean => {
    const { info } = pick<EvaluatorDefinition>(evaluators, "evaluator", name);
    return limits.every((limit) => info.limits.includes(limit));
  };
  return names.find(keeps) ?? names[0]!;
}

/** How often each attempt measures, and against what. */
function readMeasuring({
  repeats,
  reduce,
  normalize,
  normalizeEvery,
  interleave,
}: AttemptFlags): Pick<AttemptSettings, "repeats" | "normalize"> {
  if (reduce !== undefined && repeats === undefined)
    throw usage(`Expected \`--repeats\` beside \`--reduce ${reduce}\`: one value is nothing to reduce`);
  const every = normalizeEvery === undefined ? {} : { every: whole("--normalize-every", normalizeEvery) };
  const how = { ...every, ...(interleave ? { interleave } : {}) };
  return {
    ...(repeats === undefined
      ? {}
      : { repeats: { times: whole("--repeats", repeats), ...(reduce === undefined ? {} : { reduce }) } }),
    ...(Object.keys(how).length > 0 ? { normalize: how } : normalize ? { normalize } : {}),
  };
}

function whole(option: string, text: string): number {
  return expectNumber(option, /^\d+$/.test(text) ? Number(text) : text, { integer: true, low: 1 });
}

/** `crash=2,lost=1`; the kinds are checked with the evaluator's options. */
function readRetry(text: string): NonNullable<AttemptSettings["retry"]> {
  const pairs = text.split(",").map((part): [string, number] => {
    const [, kind, times] = /^\s*([a-z]+)=(\d+)\s*$/.exec(part) ?? [];
    if (kind !== undefined) return [kind, Number(times)];
    throw usage(`Expected \`--retry\` to be KIND=TIMES,… such as crash=2,lost=1, got ${JSON.stringify(text)}`);
  });
  return Object.fromEntries(pairs);
}

/** `gpu=0,1,2`, `port=4` for 0 to 3, `gpu:2=0,1,2,3` for two each. */
function readResources(texts: readonly string[]): NonNullable<AttemptSettings["resources"]> {
  const pools: Record<string, ResourcePool> = {};
  for (const text of texts) {
    const [, name, each, tokens] = /^([A-Za-z][\w-]*)(?::(\d+))?=(.+)$/.exec(text) ?? [];
    if (name === undefined)
      throw usage(
        `Expected \`--resource\` to be NAME[:EACH]=TOKENS, such as gpu=0,1,2 or gpu:2=4, got ${JSON.stringify(text)}`,
      );
    if (Object.hasOwn(pools, name)) throw usage(`Expected \`--resource ${name}\` once, got it twice`);
    pools[name] = {
      tokens: readTokens(name, tokens!),
      ...(each === undefined ? {} : { each: Number(each) }),
    };
  }
  return pools;
}

/** A whole number is how many; a list may end with a comma, so that `3,` is the one token 3. */
function readTokens(name: string, text: string): ResourcePool["tokens"] {
  if (/^\d+$/.test(text)) {
    if (Number(text) > 0) return expectNumber(`--resource ${name}`, Number(text), { high: 65_536 });
    throw usage(
      `Expected \`--resource ${name}\` to be how many, ≥ 1, or a list of tokens, got "${text}"; the one token ${text} is written ${name}=${text},`,
    );
  }
  return text
    .replace(/,$/, "")
    .split(",")
    .map((token) => token.trim());
}
