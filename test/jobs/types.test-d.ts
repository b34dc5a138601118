import { describe, expectTypeOf, it } from "vitest";
import { choice, float } from "../../src/index.ts";
import { defineJobs, type Job, type TitleAndSeries } from "../../src/jobs/index.ts";

describe("types flow from the space", () => {
  const space = { rate: float(0, 1), "settings.kind": choice(["a", "b"]) };
  type P = { readonly rate: number; readonly "settings.kind": "a" | "b" };

  it("to the function, the hooks, the jobs and the values", async () => {
    const jobs = defineJobs({
      template: {
        name: "x",
        run: (parameters, trial, job) => {
          expectTypeOf(parameters.rate).toEqualTypeOf<number>();
          expectTypeOf(parameters["settings.kind"]).toEqualTypeOf<"a" | "b">();
          expectTypeOf(job.params.rate).toEqualTypeOf<number>();
          expectTypeOf(trial.number).toEqualTypeOf<number>();
          // @ts-expect-error a parameter that is not in the space
          parameters.rat;
          return 1;
        },
      },
      space,
      objectives: { "loss/test": { direction: "minimize", over: "min" }, ms: "minimize" },
      hooks: {
        createJob(trial, make) {
          expectTypeOf(trial.params).toEqualTypeOf<P>();
          return trial.params.rate > 0 ? make({ settings: { a: 1 } }) : undefined;
        },
        monitorJob: (job) => job.params.rate < 1,
        completed: (job) => expectTypeOf(job.params["settings.kind"]).toEqualTypeOf<"a" | "b">(),
      },
    });
    const handle = jobs.start();
    const { best } = await handle;
    expectTypeOf(best.values["loss/test"]).toEqualTypeOf<number>();
    expectTypeOf(best.values.ms).toEqualTypeOf<number>();
    expectTypeOf(handle.top(1)).toEqualTypeOf<readonly Job<P>[]>();
    expectTypeOf(handle.parameters).toEqualTypeOf<ReadonlyMap<string, P>>();
    expectTypeOf(handle.metrics).toEqualTypeOf<readonly TitleAndSeries[]>();
    await handle.enqueue({ rate: 1, "settings.kind": "a" });
    // @ts-expect-error a value that is not in the space
    await handle.enqueue({ rate: 1, "settings.kind": "c" });
  });

  it("and refuse what is no option", () => {
    const template = { name: "x", run: ["x"] };
    // @ts-expect-error an objective has no such reduction
    defineJobs({ template, space, objectives: { a: { direction: "minimize", over: "mean" } } });
    // @ts-expect-error a job has no objective of its own
    defineJobs({ template, space, objective: () => 1 });
  });
});
