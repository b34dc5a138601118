import { openStudy } from "attune";
import type { SamplerFactory } from "../../src/core/sampler.ts";
import { type Contestant, type Losses, spaceOf } from "./test.ts";

/** One of attune's samplers, in a study as users have it. */
export function ours(sampler: SamplerFactory, families: readonly string[]): Contestant {
  return {
    name: sampler.info.name,
    families,
    run: async (test, seed) => {
      const space = spaceOf(test);
      const objectives = Object.fromEntries(
        Array.from({ length: test.objectives }, (_, i) => [`f${i}`, "minimize" as const]),
      );
      const study = await openStudy({ space, objectives, sampler, seed, trials: test.budget });
      const losses: Losses[] = [];
      let cpu = 0;
      for (;;) {
        let before = process.cpuUsage();
        const trial = await study.ask();
        cpu += since(before);
        if (trial === undefined || trial === "wait") break;
        const found = test.evaluate(test.params.map(({ name }) => trial.params[name]!));
        losses.push(found);
        before = process.cpuUsage();
        if (found === "failed")
          await study.tell(trial.number, {
            state: "failed",
            failure: { kind: "error", message: "recorded as failed" },
          });
        else await study.tell(trial.number, Object.fromEntries(found.map((loss, i) => [`f${i}`, loss])));
        cpu += since(before);
      }
      await study.close();
      return { losses, cpu, forbidden: 0, repeats: 0 };
    },
  };
}

function since(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
