import { expect, test } from "vitest";
import { random } from "../../src/samplers/random.ts";
import { choice } from "../../src/space/choice.ts";
import { float } from "../../src/space/float.ts";
import { range } from "../../src/space/range.ts";
import { defineSpace } from "../../src/space/space.ts";
import { Drive } from "./drive.ts";

test("the same trial number gives the same draw, another number another one", () => {
  const drive = new Drive(defineSpace({ x: float(0, 1), y: float(0, 1) }), random());
  expect(drive.peek(3)).toEqual(drive.peek(3));
  expect(drive.peek(3)).not.toEqual(drive.peek(4));
});

test("draws follow the prior: `priorShare` of them fall into the focus", () => {
  const space = defineSpace({ k: range(0, 99, { step: 1, prior: [10, 19] }), flag: choice(["a", "b"]) });
  const share = (priorShare: number): number => {
    const drive = new Drive(space, random({ priorShare }));
    drive.run(() => [0], 2000);
    return drive.told.filter(({ unit }) => unit[0]! > 0.1 && unit[0]! < 0.2).length / 2000;
  };
  // Binomial; five standard deviations, so each fails by chance less than once in a million.
  expect(Math.abs(share(0.9) - 0.91)).toBeLessThan(5 * Math.sqrt((0.91 * 0.09) / 2000));
  expect(Math.abs(share(0) - 0.1)).toBeLessThan(5 * Math.sqrt((0.1 * 0.9) / 2000));
  expect(share(1)).toBe(1);
});

test("wrong options are refused at once", () => {
  expect(() => random({ priorShare: 2 })).toThrow("Expected `priorShare` to be a finite number ≥ 0 and ≤ 1, got 2");
  expect(() => random({ priorshare: 1 } as object)).toThrow("Did you mean `priorShare`?");
});
