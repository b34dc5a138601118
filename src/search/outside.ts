import { existsSync, statSync } from "node:fs";
import { attemptPolicy } from "../core/attempt-policy.ts";
import { attemptSettings } from "../core/attempt-settings.ts";
import { AttuneError, usage } from "../core/errors.ts";
import type { SearchSettings, StudyDefinition } from "../core/event.ts";
import type { Json } from "../core/json.ts";
import type { PrunerFactory } from "../core/pruner.ts";
import type { SamplerDefinition, SamplerFactory } from "../core/sampler.ts";
import * as samplers from "../samplers/index.ts";
import type { Rule, Space } from "../space/space.ts";
import { checkOptions } from "../study/study-options.ts";
import { Study } from "../study/study.ts";
import { realClock } from "../system/clock.ts";
import { randomSeed } from "../system/entropy.ts";
import { thisHost } from "../system/host.ts";
import { formerPruner } from "./json-pruner.ts";
import { definitionOf, openJournal, planOf, prunerOf, samplerOf } from "./parts.ts";
import { readJournal } from "./read-journal.ts";
import { resolveSpace } from "./resolve-space.ts";
import type { AnySpec } from "./spec.ts";

/** How a study is opened by a process that only hands out trials, or takes their results. */
export interface OutsideOptions {
  /** Milliseconds within which the trials that it hands out are to be told; then they are lost. @default never */
  readonly timeout?: number;
  readonly adopt?: boolean;
  readonly fresh?: boolean;
  readonly warn: (message: string) => void;
}

/** What a study is about, where a file or the command line says it. Its objective and evaluator are not used. */
export interface OutsideSpec {
  readonly spec: Omit<AnySpec, "objective">;
  readonly source?: Json;
  readonly hash?: string;
}

/** Whether there is a study in a journal already. */
export function holdsStudy(journal: string): boolean {
  return existsSync(journal) && statSync(journal).size > 0;
}

/** Opens, or begins, the study that a specification describes, to hand out its trials. */
export async function openOutside(
  journal: string,
  { spec: given, source, hash }: OutsideSpec,
  options: OutsideOptions,
): Promise<Study<unknown>> {
  const spec = { ...given, objective: () => ({}) } as AnySpec;
  const former = holdsStudy(journal) && !options.fresh ? await readJournal(journal) : undefined;
  const space = await resolveSpace(spec.space, [spec.where ?? []].flat() as Rule<never>[]);
  const sampler = samplerOf(spec);
  const pruner = prunerOf(spec) ?? formerPruner(former?.settings);
  const { trials, generations } = planOf(spec, sampler);
  const { first = [], baseline = space.parameter.default?.value } = spec;
  checkOptions({ space, settings: trials === undefined ? {} : { trials }, first, baseline });
  const objectiveHash = hash ?? former?.definition.objectiveHash;
  const instances = former?.definition.instances;
  const definition = {
    ...definitionOf(spec, space, spec.seed ?? randomSeed(), {
      ...(source === undefined ? {} : { source }),
      ...(objectiveHash === undefined ? {} : { objectiveHash }),
    }),
    ...(instances === undefined ? {} : { instances }),
  };
  const settings = {
    ...kept(former?.settings),
    sampler: { name: sampler.info.name, version: sampler.info.version, options: sampler.options },
    ...(pruner === undefined ? {} : { pruner: { name: pruner.info.name, options: pruner.options } }),
    ...(trials === undefined ? {} : { trials }),
    ...(generations === undefined ? {} : { generations }),
  };
  const opening = { space, definition, sampler, pruner, settings, first, baseline };
  const study = await open(journal, opening, options);
  if (former !== undefined) return study;
  await study.close(); // of several that begin the study at once one does: its seed holds for all
  return open(journal, opening, { ...options, fresh: false });
}

/** What a command line may change about a study of which only the journal is known. */
export interface OutsideChanges {
  readonly trials?: number;
  readonly generations?: number;
  readonly sampler?: string;
  readonly pruner?: PrunerFactory;
}

/**
 * Opens the study of a journal by what stands there; to hand out its trials only where it has no `where` rules: they are
 * code, and code is never read from a journal. A process that only tells needs neither them nor the sampler.
 */
export async function reopenOutside(
  journal: string,
  changes: OutsideChanges | "telling",
  options: OutsideOptions,
): Promise<Study<unknown>> {
  const { definition, settings: last, space } = await readJournal(journal);
  if (last === undefined) throw new AttuneError("journal", `The journal ${journal} holds no search yet`);
  const given: OutsideChanges = changes === "telling" ? {} : changes;
  const { sampler: name, pruner = formerPruner(last), trials, generations } = given;
  const sampler = name === undefined ? samplerNamed(last, changes === "telling") : samplerOf({ sampler: name });
  const { info, options: chosen } = sampler;
  const settings = {
    ...kept(last),
    ...(changes === "telling" ? {} : { sampler: { name: info.name, version: info.version, options: chosen } }),
    ...(pruner === undefined ? {} : { pruner: { name: pruner.info.name, options: pruner.options } }),
    ...(trials === undefined ? {} : { trials }),
    ...(generations === undefined ? {} : { generations }),
  };
  return open(journal, { space, definition, sampler, pruner, settings, first: [], baseline: undefined }, options);
}

/** The sampler of a session; a process that only tells asks none. */
function samplerNamed({ sampler: { name, options } }: SearchSettings, telling: boolean): SamplerFactory {
  if (Object.hasOwn(samplers, name))
    return (samplers as unknown as Record<string, SamplerDefinition>)[name]!(options as object);
  if (telling) return samplers.random();
  throw usage(`The journal's sampler "${name}" is not one of attune's: name the file that configures it, or --sampler`);
}

/** The settings of a former session that the next one goes on with. */
function kept(settings: SearchSettings | undefined): SearchSettings {
  const { control: _, outside: __, ...rest } = settings ?? ({} as SearchSettings);
  return rest;
}

interface Opening {
  readonly space: Space;
  readonly definition: StudyDefinition;
  readonly sampler: SamplerFactory;
  readonly pruner: PrunerFactory | undefined;
  readonly settings: SearchSettings;
  readonly first: readonly unknown[];
  readonly baseline: unknown;
}

async function open(
  journal: string,
  { settings, baseline, pruner, ...rest }: Opening,
  { timeout, adopt, fresh, warn }: OutsideOptions,
): Promise<Study<unknown>> {
  const opened = await openJournal(journal, fresh ?? false, (path) => warn(`the former journal is kept as ${path}`));
  const { retry: given = {}, maxSteps } = attemptSettings(settings.attempts ?? {});
  const { retry } = attemptPolicy({ retry: given });
  return Study.open<unknown>({
    ...rest,
    ...(baseline === undefined ? {} : { baseline }),
    ...(pruner === undefined ? {} : { pruner }),
    settings: { ...settings, outside: timeout === undefined ? {} : { timeout } },
    journal: opened!,
    retry,
    ...(maxSteps === undefined ? {} : { maxSteps }),
    clock: realClock,
    host: thisHost(),
    warn,
    ...(adopt === undefined ? {} : { adopt }),
  });
}
