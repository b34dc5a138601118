/** The smallest search, run from code: `npx jiti examples/quadratic.ts`. */
import { defineSearch, float } from "attune";

const search = defineSearch({
  space: { x: float(-5, 5), y: float(-5, 5) },
  objective: ({ x, y }) => (x - 1) ** 2 + (y + 2) ** 2, // one number, minimised
  trials: 200,
  seed: 1,
});
const { best } = await search.start();
console.log(`${best.values.value} at x = ${best.params.x}, y = ${best.params.y}`);
