import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import initialise from "wabt";
import { bytes } from "../../../src/math/simd/near-rows-bytes.ts";
import { openKernel } from "../../../src/math/simd/kernel.ts";
import { BLOCK, LANES, NearRows } from "../../../src/math/simd/near-rows.ts";

test("the bytes are what the text beside them compiles to", async () => {
  const file = new URL("../../../src/math/simd/near-rows.wat", import.meta.url);
  const wabt = await initialise();
  const parsed = wabt.parseWat("near-rows.wat", readFileSync(file, "utf8"), { simd: true });
  expect(bytes).toBe(Buffer.from(parsed.toBinary({}).buffer).toString("base64"));
});

test("this Node has SIMD, so that the tests below compare two things", () => {
  expect(openKernel(1)).toBeDefined();
});

/** Rows enough for WebAssembly, of which the first block is filled. */
const ROWS = 256;
const special = fc.constantFrom(0, -0, 1, -1, NaN, Infinity, -Infinity, 1e-45, 3.4028234e38, 1e-20, 1e20, 2 ** -126);
const number = fc.oneof(fc.float(), special, fc.float({ min: 0, max: 1, noNaN: true }));
/** A table with its points, as lists of numbers. */
const tables = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 4 })).chain(([width, groups]) =>
  fc.record({
    width: fc.constant(width),
    groups: fc.constant(groups),
    rows: fc.nat(BLOCK),
    near: fc.boolean(),
    numbers: fc.array(number, { minLength: 1, maxLength: 200 }),
  }),
);

interface Table {
  readonly width: number;
  readonly groups: number;
  readonly rows: number;
  readonly near: boolean;
  readonly numbers: readonly number[];
}

/** What is found, from the first row and from the second. */
function outcome({ width, groups, rows, near, numbers }: Table, plain: boolean): unknown {
  const table = new NearRows(width, plain);
  table.reserve(ROWS, groups);
  let at = 0;
  const fill = (array: Float32Array): void => {
    for (let i = 0; i < array.length; i++) array[i] = numbers[at++ % numbers.length]! + (at % 7) / 100;
  };
  for (const array of [table.centres, table.scales, table.points, table.starts, table.tops]) fill(array);
  if (near) {
    table.starts.fill(3e38);
    table.tops.fill(0);
  }
  return [0, 1].map((from) => {
    const count = table.find(from, Math.max(from, rows));
    const sums = table.sums.slice(0, count * LANES);
    // which NaN it is, nobody can tell
    const bits = Array.from(new Int32Array(sums.buffer), (word, i) => (Number.isNaN(sums[i]) ? NaN : word));
    return [...table.found.subarray(0, count), ...bits];
  });
}

describe("near rows", () => {
  test("WebAssembly and plain code give the same bits, whatever the numbers", () => {
    fc.assert(
      fc.property(tables, (table) => {
        expect(outcome(table, false)).toEqual(outcome(table, true));
      }),
      { numRuns: 300 },
    );
  });

  test.each([false, true])("sums of squares, by hand (plain: %s)", (plain) => {
    const table = new NearRows(2, plain);
    table.reserve(ROWS, 1);
    table.centres.set([0, 0, 1, 1]);
    table.scales.set([1, 2, 1, 2]);
    table.points.set([0, 1, 2, 3, 0, 1, 0.5, 0]); // (0, 0), (1, 1), (2, 0.5), (3, 0)
    table.tops.set([0, 0, 0, Infinity]);
    table.starts.set([5, -Infinity]);
    expect(table.find(0, 2)).toBe(1);
    expect([...table.found.subarray(0, 1)]).toEqual([0]);
    expect([...table.sums.subarray(0, 4)]).toEqual([0, 5, 5, 9]);
  });

  test.each([false, true])("rows keep what they hold when there is made room for more (plain: %s)", (plain) => {
    const table = new NearRows(3, plain);
    for (let rows = 1; rows < 2000; rows += 97) {
      table.reserve(rows, 1 + (rows % 5));
      table.centres[3 * rows - 1] = rows;
      table.scales[3 * rows - 1] = -rows;
    }
    for (let rows = 1; rows < 2000; rows += 97)
      expect([table.centres[3 * rows - 1], table.scales[3 * rows - 1]]).toEqual([rows, -rows]);
  });
});
