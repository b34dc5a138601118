import { float } from "../space/float.ts";
import { int } from "../space/int.ts";
import { defineSpace } from "../space/space.ts";
import { defineProblem, type ProblemDefinition } from "./define.ts";
import { type Coordinates, floats } from "./problem.ts";

/**
 * The cost of a pressure vessel: x1, x2 the thickness of shell and head in sixteenths of an inch, x3 the radius, x4 the
 * length. Limits: both thicknesses, a volume of 1,296,000, a length of 240. Least 6059.714.
 */
export const pressureVessel: ProblemDefinition<never> = defineProblem(
  {
    name: "pressureVessel",
    summary: "The cost of a vessel; two thicknesses in sixteenths of an inch, two floats, four limits.",
    source: "Sandgren, J. Mech. Des. 112(2), 1990; as Coello Coello, Computers in Industry 41, 2000",
  },
  () => {
    const thickness = float(0.0625, 6.1875, { step: 0.0625 });
    const space = defineSpace({ x1: thickness, x2: thickness, x3: float(10, 200), x4: float(10, 200) });
    return {
      space,
      constraints: 4,
      at: (row) => {
        const { x1, x2, x3, x4 } = space.read(row);
        return [
          0.6224 * x1 * x3 * x4 + 1.7781 * x2 * x3 ** 2 + 3.1661 * x1 ** 2 * x4 + 19.84 * x1 ** 2 * x3,
          0.0193 * x3 - x1,
          0.00954 * x3 - x2,
          1_296_000 - Math.PI * x3 ** 2 * x4 - (4 / 3) * Math.PI * x3 ** 3,
          x4 - 240,
        ];
      },
      optimum: Array.from(space.row({ x1: 0.8125, x2: 0.4375, x3: 42.098445543585534, x4: 176.63659666441973 })),
      least: 6059.714345488637,
    };
  },
);

/** The weight of a spring: x1 the wire's diameter, x2 the coil's, x3 the number of active coils. Least 0.0126652. */
export const tensionSpring: ProblemDefinition<never> = defineProblem(
  {
    name: "tensionSpring",
    summary: "The weight of a spring, x1² x2 (x3 + 2), under four limits of deflection, stress, frequency and size.",
    source: "Belegundu, thesis, University of Iowa, 1982; as Coello Coello, Computers in Industry 41, 2000",
  },
  () => ({
    space: floats([
      [0.05, 2],
      [0.25, 1.3],
      [2, 15],
    ]),
    constraints: 4,
    at: (r) => {
      const [x1, x2, x3] = [r[0]!, r[1]!, r[2]!];
      return [
        x1 ** 2 * x2 * (x3 + 2),
        1 - (x2 ** 3 * x3) / (71_785 * x1 ** 4),
        (4 * x2 ** 2 - x1 * x2) / (12_566 * x1 ** 3 * (x2 - x1)) + 1 / (5108 * x1 ** 2) - 1,
        1 - (140.45 * x1) / (x3 * x2 ** 2),
        (x1 + x2) / 1.5 - 1,
      ];
    },
    optimum: [0.05168905287314406, 0.356717541856746, 11.28897738344199],
    least: 0.012665232823086915,
  }),
);

/** The cost of a welded beam: x1 the weld's thickness, x2 its length, x3 and x4 the bar's height and thickness. Least 1.72485. */
export const weldedBeam: ProblemDefinition<never> = defineProblem(
  {
    name: "weldedBeam",
    summary: "The cost of a beam under six limits of shear, bending, buckling, deflection and size.",
    source: "Ragsdell & Phillips, J. Eng. Ind. 98(3), 1976; as Coello Coello, Computers in Industry 41, 2000",
  },
  () => ({
    space: floats([
      [0.125, 10],
      [0.1, 10],
      [0.1, 10],
      [0.1, 10],
    ]),
    constraints: 6,
    at: (r) => {
      const [x1, x2, x3, x4] = [r[0]!, r[1]!, r[2]!, r[3]!];
      const [load, length, e, g] = [6000, 14, 30e6, 12e6];
      const arm = Math.sqrt(x2 ** 2 / 4 + ((x1 + x3) / 2) ** 2);
      const inertia = 2 * Math.SQRT2 * x1 * x2 * (x2 ** 2 / 12 + ((x1 + x3) / 2) ** 2);
      const direct = load / (Math.SQRT2 * x1 * x2);
      const twist = (load * (length + x2 / 2) * arm) / inertia;
      const shear = Math.sqrt(direct ** 2 + (direct * twist * x2) / arm + twist ** 2);
      const buckling =
        ((4.013 * e * x3 * x4 ** 3) / 6 / length ** 2) * (1 - (x3 / (2 * length)) * Math.sqrt(e / (4 * g)));
      return [
        1.10471 * x1 ** 2 * x2 + 0.04811 * x3 * x4 * (14 + x2),
        shear - 13_600,
        (6 * load * length) / (x4 * x3 ** 2) - 30_000,
        x1 - x4,
        0.10471 * x1 ** 2 + 0.04811 * x3 * x4 * (14 + x2) - 5,
        (4 * load * length ** 3) / (e * x3 ** 3 * x4) - 0.25,
        load - buckling,
      ];
    },
    optimum: [0.20572963883359333, 3.4704886890922695, 9.03662391378531, 0.2057296397865905],
    least: 1.7248523108871985,
  }),
);

/** A diameter at which a shaft bears its stress: √((745 x4 / x2 x3)² + load) = limit·0.1 x³, and no less by rounding. */
function shaft(length: number, load: number, limit: number): number {
  return Math.cbrt(Math.sqrt(((745 * length) / (0.7 * 17)) ** 2 + load) / (0.1 * limit)) * (1 + 1e-12);
}

/** Five numbers at their bounds, of which x1 = 5 x2, and two diameters that just bear. */
const OPTIMUM = [3.5, 0.7, 17, 7.3, 7.8, shaft(7.3, 16.9e6, 1100), shaft(7.8, 157.5e6, 850)];

/** The weight of a gear box: face width, module, teeth (a whole number), two lengths and two diameters. Least 2996.348. */
export const speedReducer: ProblemDefinition<never> = defineProblem(
  {
    name: "speedReducer",
    summary: "The weight of a gear box under eleven limits; the teeth are a whole number.",
    source: "Golinski, J. Mechanisms 5(3), 1970; as Lemonge et al., 2010",
  },
  () => {
    const space = defineSpace({
      x1: float(2.6, 3.6),
      x2: float(0.7, 0.8),
      x3: int(17, 28),
      x4: float(7.3, 8.3),
      x5: float(7.8, 8.3),
      x6: float(2.9, 3.9),
      x7: float(5, 5.5),
    });
    return {
      space,
      constraints: 11,
      at: (row) => gearBox(space.read(row)),
      optimum: OPTIMUM,
      least: 2996.348164969,
    };
  },
);

function gearBox({
  x1,
  x2,
  x3,
  x4,
  x5,
  x6,
  x7,
}: Coordinates & Record<`x${1 | 2 | 3 | 4 | 5 | 6 | 7}`, number>): number[] {
  return [
    0.7854 * x1 * x2 ** 2 * (3.3333 * x3 ** 2 + 14.9334 * x3 - 43.0934) -
      1.508 * x1 * (x6 ** 2 + x7 ** 2) +
      7.4777 * (x6 ** 3 + x7 ** 3) +
      0.7854 * (x4 * x6 ** 2 + x5 * x7 ** 2),
    27 / (x1 * x2 ** 2 * x3) - 1,
    397.5 / (x1 * x2 ** 2 * x3 ** 2) - 1,
    (1.93 * x4 ** 3) / (x2 * x3 * x6 ** 4) - 1,
    (1.93 * x5 ** 3) / (x2 * x3 * x7 ** 4) - 1,
    Math.sqrt(((745 * x4) / (x2 * x3)) ** 2 + 16.9e6) / (0.1 * x6 ** 3) - 1100,
    Math.sqrt(((745 * x5) / (x2 * x3)) ** 2 + 157.5e6) / (0.1 * x7 ** 3) - 850,
    x2 * x3 - 40,
    5 - x1 / x2,
    x1 / x2 - 12,
    (1.5 * x6 + 1.9) / x4 - 1,
    (1.1 * x7 + 1.9) / x5 - 1,
  ];
}
