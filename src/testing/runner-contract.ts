import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { JobHandle, RunnerJobState, Runner, RunnerDefinition, RunnerJob } from "../core/runner.ts";
import { realClock } from "../system/clock.ts";
import type { ContractParams } from "./contract-objective.ts";
import { contractWorkload } from "./contract-task.ts";
import { complete } from "./evaluator-subject.ts";

let jobs = 0;

/** A job for the contract's objective. */
export function contractJob(deed: ContractParams["do"], x = 1): RunnerJob<ContractParams> {
  const number = jobs++;
  return {
    name: `attune-contract-${process.pid}-${number}.1`,
    number,
    attempt: 1,
    params: { do: deed, x },
    baseline: false,
    seed: 7,
    dir: join(tmpdir(), `attune-contract-${process.pid}`, String(number)),
    leases: {},
  };
}

/** What every runner must do, as a vitest suite. Those whose jobs survive their process must find them again. */
export function runnerContract<O extends object>(definition: RunnerDefinition<O>, options?: O): void {
  const { info } = definition;
  const open = (): Promise<Runner<ContractParams>> => definition(options).open(contractWorkload());
  const opened = open();
  const live: JobHandle[] = [];
  const submit = async (...given: Parameters<typeof contractJob>): Promise<JobHandle> => {
    const handle = await (await opened).submit(contractJob(...given));
    live.push(handle);
    return handle;
  };
  const look = async (handle: JobHandle): Promise<RunnerJobState | undefined> =>
    (await (await opened).poll([handle])).get(handle);
  /** The state of a job once it has ended. */
  const ended = async (handle: JobHandle): Promise<Extract<RunnerJobState, { state: "ended" }>> => {
    const { clock = realClock } = await opened;
    for (;;) {
      const state = await look(handle);
      if (state?.state === "ended") return state;
      await clock.sleep(20);
    }
  };

  describe(`the runner ${info.name}`, () => {
    afterAll(async () => {
      for (const handle of live) await (await opened).cancel(handle, "the contract is over");
    });

    it("says what it is", () => {
      expect(info.name).toMatch(/^[a-z][A-Za-z]*$/);
      expect(info.summary).toMatch(/\.$/);
    });

    it("renders a job as text that names it, and submits nothing by that", async () => {
      const runner = await opened;
      const job = contractJob("return", 3);
      expect(runner.render(job)).toContain(job.name);
      expect(runner.render(job)).toBe(runner.render(job));
      expect(runner.render(job)).not.toBe(runner.render(contractJob("return", 4)));
    });

    it("gives each job a handle of its own, and each its own outcome", async () => {
      const handles = await Promise.all([5, 6, 7].map((x) => submit("return", x)));
      expect(new Set(handles).size).toBe(3);
      for (const handle of handles) expect(typeof handle).toBe("string");
      const outcomes = await Promise.all(handles.map(async (handle) => (await ended(handle)).outcome));
      expect(outcomes).toEqual([5, 6, 7].map(complete));
      const states = await (await opened).poll(handles);
      expect(
        handles.map((handle) => states.get(handle)),
        "said again",
      ).toMatchObject(outcomes.map((outcome) => ({ state: "ended", outcome })));
    });

    it("says what failed", async () => {
      const { outcome } = await ended(await submit("throw", 4));
      expect(outcome).toMatchObject({
        state: "failed",
        failure: { kind: "error", message: "thrown for 4 (E_CONTRACT)" },
      });
    });

    it("passes reports on, in their order", async () => {
      const { outcome, reports } = await ended(await submit("report", 3));
      expect(outcome).toEqual(complete(3));
      expect(reports).toEqual([
        { step: 1, values: { value: 3 } },
        { step: 2, values: { value: 4, extra: 7 } },
      ]);
    });

    it("polls without waiting for a job, and cancels it for a reason, also again and after its end", async () => {
      const runner = await opened;
      const handle = await submit("hang");
      expect(["queued", "running"]).toContain((await look(handle))?.state);
      await Promise.all([runner.cancel(handle, "not needed"), runner.cancel(handle, "not needed")]);
      const cancelled = { state: "ended", outcome: { state: "cancelled", reason: "not needed" } };
      expect(await ended(handle)).toMatchObject(cancelled);
      await runner.cancel(handle, "once more");
      expect(await look(handle)).toMatchObject(cancelled);
      const done = await submit("return", 8);
      await ended(done);
      await runner.cancel(done, "too late");
      expect((await ended(done)).outcome).toEqual(complete(8));
    });

    it("knows nothing of jobs that are not its own, and does not mind being asked", async () => {
      const runner = await opened;
      expect((await runner.poll([])).size).toBe(0);
      const stranger = `${info.name}:no-such-job`;
      expect(["unknown", undefined]).toContain((await runner.poll([stranger])).get(stranger)?.state);
      const known = await submit("return", 2);
      await ended(known);
      expect((await runner.poll([stranger, known])).get(known)?.state).toBe("ended");
      await runner.cancel(stranger, "whatever it is");
    });

    if (info.survives)
      it("finds the jobs of another process again", async () => {
        const [running, done] = [await submit("hang"), await submit("return", 9)];
        await ended(done);
        const other = await open();
        const states = await other.poll([running, done]);
        expect(states.get(done)).toMatchObject({ state: "ended", outcome: complete(9) });
        expect(["queued", "running"]).toContain(states.get(running)?.state);
        await other.cancel(running, "found");
        expect(await ended(running)).toMatchObject({ outcome: { state: "cancelled", reason: "found" } });
      });
  });
}
