/** Jobs from a template: a training script that knows nothing of attune. `attune run examples/training/jobs.ts`. */
import { fileURLToPath } from "node:url";
import { choice, float, inline, int } from "attune";
import { defineJobs } from "attune/jobs";

export default defineJobs({
  template: {
    name: "moons",
    run: ["node", fileURLToPath(new URL("train.mjs", import.meta.url)), "{settings.json}"],
    settings: {
      data: { points: 200, noise: 0.6, seed: 1 },
      model: { hidden: 4 },
      optimiser: { rate: 0.01, momentum: 0 },
      epochs: 30,
    },
    reports: true, // its lines of JSON, by their `step`
  },
  // what is searched, by its path in the template
  space: {
    "settings.model.hidden": int(1, 16, { log: true, default: 4 }),
    "settings.optimiser.rate": float(0.001, 1, { log: true, default: 0.01 }),
    "settings.optimiser.momentum": choice([0, 0.5, 0.9], { default: 0 }),
  },
  objectives: { "loss/validation": { direction: "minimize", over: "min" } },
  evaluator: inline({ workers: 2 }),
  labels: { tags: ["example"], project: "moons" },
  trials: 30,
});
