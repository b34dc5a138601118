import fc from "fast-check";
import { choice, ordinal } from "../space/choice.ts";
import { float } from "../space/float.ts";
import { int } from "../space/int.ts";
import { logGrid } from "../space/log-grid.ts";
import { optional } from "../space/optional.ts";
import type { Parameter } from "../space/parameter.ts";
import { range } from "../space/range.ts";
import { defineSpace, type Space } from "../space/space.ts";
import { variant } from "../space/variant.ts";
import type { Shape } from "../space/types.ts";

const bounds = fc
  .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 60 }))
  .map(([low, span]) => [low, low + span] as const);
const positive = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 }))
  .map(([low, span]) => [low, low + span] as const);

/** Any parameter without parameters inside. */
export const leaf: fc.Arbitrary<Parameter> = fc.oneof(
  bounds.map(([low, high]) => float(low, high)),
  positive.map(([low, high]) => float(low / 100, high, { log: true })),
  bounds.map(([low, high]) => float(low, high, { step: 0.25 })),
  bounds.map(([low, high]) => int(low, high)),
  positive.map(([low, high]) => int(low, high, { log: true })),
  bounds.map(([low, high]) => int(low, high, { step: 3 })),
  bounds.map(([low, high]) => range(low, high + 1, { anchor: "end", step: 2 })),
  positive.map(([low, high]) => range(0, high + 2, { prior: [0, Math.min(low, high + 2)] })),
  positive.map(([low, high]) => logGrid(low, high, { total: 5 })),
  fc
    .uniqueArray(fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)), { minLength: 1, maxLength: 6 })
    .map((values) => choice(values)),
  fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 6 }).map((values) => ordinal(values)),
) as fc.Arbitrary<Parameter>;

const key = fc
  .oneof(fc.constantFrom("a", "b", "c", "level", "a.b", "x y", "ünï", "[0]"), fc.string({ minLength: 1, maxLength: 4 }))
  .filter((k) => k !== "__proto__" && k !== "kind");

/** Any shape: leaves, constants, optional ones, variants, nested objects. */
export const shape: fc.Arbitrary<Shape> = fc.letrec<{ node: Shape[string]; shape: Shape }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 6, arbitrary: leaf },
    { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.string(), fc.boolean()) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(leaf, fc.constantFrom(0, 0.25, 0.5, 1))
        .map(([of, absent]) => optional(of, { absent })) as fc.Arbitrary<Parameter>,
    },
    {
      weight: 1,
      arbitrary: fc
        .dictionary(key, tie("shape"), { minKeys: 1, maxKeys: 3 })
        .map((branches) => variant(branches)) as fc.Arbitrary<Parameter>,
    },
    { weight: 1, arbitrary: tie("shape") },
  ),
  shape: fc.dictionary(key, tie("node"), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
})).shape;

/** So many axes that every combination of their values can still be counted. */
const MOST_AXES = 7;

/** Any search space with at least one axis, without rules. */
export const spaces: fc.Arbitrary<Space> = shape
  .map((of) => defineSpace(of) as Space)
  .filter(({ axes }) => axes.length > 0 && axes.length <= MOST_AXES);

/** Spaces as in {@link spaces}, half of them with a rule that refuses about a third of the configurations. */
export const ruledSpaces: fc.Arbitrary<Space> = fc
  .tuple(shape, fc.boolean())
  .map(([of, ruled]) => {
    const free = defineSpace(of) as Space;
    if (!ruled || free.size < 20 || free.axes.length === 0) return free;
    const refusing = defineSpace<Space>(free, { where: (params) => fold(JSON.stringify(params)) % 3 !== 0 });
    return isEmpty(refusing) ? free : refusing;
  })
  .filter(({ axes }) => axes.length > 0 && axes.length <= MOST_AXES);

function isEmpty({ cube }: Space): boolean {
  let seed = 1;
  try {
    cube.draw(() => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647);
    return false;
  } catch {
    return true;
  }
}

function fold(text: string): number {
  let h = 7;
  for (let i = 0; i < text.length; i++) h = (h * 31 + text.charCodeAt(i)) % 1_000_003;
  return h;
}
