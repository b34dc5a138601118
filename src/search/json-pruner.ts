import { show, usage } from "../core/errors.ts";
import type { SearchSettings } from "../core/event.ts";
import { isRecord } from "../core/json.ts";
import type { PrunerDefinition, PrunerFactory } from "../core/pruner.ts";
import * as pruners from "../pruners/index.ts";
import { pick } from "./registry.ts";

/** A pruner in JSON: a name, or an object with `name` and the pruner's options; `of` is the pruner that it wraps, in the same form. */
export type JsonPruner =
  | string
  | { readonly name: string; readonly of?: JsonPruner; readonly [option: string]: unknown };

/** The pruner that a JSON value describes. */
export function readPruner(given: unknown): PrunerFactory {
  const { name, of, ...options } = isRecord(given) ? given : { name: given, of: undefined };
  if (typeof name !== "string")
    throw usage(`Expected \`pruner\` to be a name, or { name, … } with options, got ${show(given)}`);
  const inner = of === undefined ? {} : { of: readPruner(of) };
  return pick<PrunerDefinition>(pruners, "pruner", name)({ ...options, ...inner });
}

/** The pruner of a journal's last session, where there still is such a one. */
export function formerPruner(settings: SearchSettings | undefined): PrunerFactory | undefined {
  const last = settings?.pruner;
  if (last === undefined || !Object.hasOwn(pruners, last.name)) return undefined;
  return readPruner({ ...(last.options as object), name: last.name });
}
