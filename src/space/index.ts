/** Search spaces: parameters, the unit cube, the JSON form. Pure. */
export type { Axis } from "./axis.ts";
export { choice, type Choosable, ordinal } from "./choice.ts";
export { constant } from "./constant.ts";
export type { Cube } from "./cube.ts";
export { float, type FloatOptions } from "./float.ts";
export { int, type IntOptions } from "./int.ts";
export { logGrid, type LogGridOptions } from "./log-grid.ts";
export { optional, type OptionalOptions } from "./optional.ts";
export { isParameter, type OptionalParameter, type Parameter, type ParameterJson } from "./parameter.ts";
export { range, type RangeOptions } from "./range.ts";
export { readSpace } from "./read.ts";
export { type Configuration, defineSpace, isSpace, type Rule, type Space, type SpaceInput } from "./space.ts";
export type { Branch, Constant, Params, Shape, Value } from "./types.ts";
export { variant, type VariantOptions } from "./variant.ts";
