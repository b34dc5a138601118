import { AttuneError, messageOf, show, usage } from "../core/errors.ts";
import { readSpace } from "../space/read.ts";
import { defineSpace, isSpace, type Rule, type Space, type SpaceInput } from "../space/space.ts";
import { readJsonFile } from "./json-file.ts";
import type { Provider, SpacePart, SpaceSpec } from "./spec.ts";

/** Turns whatever `space` was given into a space: reads files, asks providers, lays lists side by side. */
export async function resolveSpace(given: SpaceSpec, where: readonly Rule<never>[] = []): Promise<Space> {
  const rules = where as readonly Rule<unknown>[];
  if (!Array.isArray(given)) {
    const one = await resolvePart(given as SpacePart);
    return rules.length === 0 ? one : defineSpace(one, { where: rules });
  }
  if (given.length === 0) throw usage("Expected `space` to hold at least one space, got []");
  const parts = await Promise.all((given as readonly SpacePart[]).map(resolvePart));
  return defineSpace(parts, { where: rules }) as Space<unknown>;
}

async function resolvePart(part: SpacePart): Promise<Space> {
  if (typeof part === "string") return readSpaceFile(part);
  if (isSpace(part)) return part;
  if (isProvider(part)) {
    const retrieved = await part.retrieve();
    if (isProvider(retrieved)) throw usage("Expected `retrieve()` of a provider to give a space, got another provider");
    return resolvePart(retrieved);
  }
  return defineSpace<SpaceInput>(part);
}

function isProvider(part: unknown): part is Provider {
  return typeof part === "object" && part !== null && "retrieve" in part && typeof part.retrieve === "function";
}

/** Reads a JSON space file. */
export async function readSpaceFile(path: string): Promise<Space> {
  const json = await readJsonFile("the space file", path);
  try {
    return readSpace(json);
  } catch (error) {
    throw new AttuneError("usage", `In the space file ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Checks the form of `space` without touching files or providers; the parameters of shapes are checked too. */
export function checkSpace(given: unknown): void {
  if (typeof given === "string" || isProvider(given)) return;
  if (Array.isArray(given)) {
    if (given.length === 0) throw usage("Expected `space` to hold at least one space, got []");
    given.forEach(checkSpace);
  } else if (typeof given !== "object" || given === null) {
    throw usage(
      `Expected \`space\` to be an object of parameters, a space, a path, a provider or a list of these, got ${show(given)}`,
    );
  } else if (!isSpace(given)) defineSpace(given as SpaceInput);
}
