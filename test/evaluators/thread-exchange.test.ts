import { describe, expect, it } from "vitest";
import type { HostMessage, WorkerMessage } from "../../src/evaluators/protocol.ts";
import { packForHost, packForThread, unpackInHost, unpackInThread } from "../../src/evaluators/thread-exchange.ts";

const run: HostMessage & { readonly type: "run" } = {
  type: "run",
  number: 7,
  attempt: 2,
  params: { level: 3, at: new Date(0) },
  baseline: false,
  seed: 9,
  worker: 1,
  dir: "/tmp/7.2",
  leases: { gpu: ["0"] },
};
const fromHost: HostMessage[] = [
  run,
  { ...run, environment: { TOKEN: "t" } },
  { ...run, instance: { name: "a", value: null } },
  { ...run, environment: { TOKEN: "t" }, instance: { name: "a", value: [1] } },
  { type: "abort", number: 7, attempt: 1, reason: "enough" },
  { type: "verdict", id: 0, verdict: "prune" },
  { type: "end" },
];
const complete = { value: 1, stderr: 0.5, samples: 3 };
const fromWorker: WorkerMessage[] = [
  { type: "done", number: 7, outcome: { state: "complete", values: {} } },
  { type: "done", number: 7, outcome: { state: "complete", values: { ms: { value: 1 } } } },
  { type: "done", number: 7, outcome: { state: "complete", values: { ms: complete, rss: { value: 2, samples: 1 } } } },
  { type: "done", number: 7, outcome: { state: "complete", values: { ms: complete } }, last: true },
  { type: "done", number: 7, outcome: { state: "complete", values: { ms: complete }, cost: 5, atLeast: true } },
  { type: "done", number: 7, outcome: { state: "pruned" } },
  { type: "done", number: 7, outcome: { state: "failed", failure: { kind: "error", message: "no" } } },
  { type: "report", id: 1, number: 7, step: 0, values: { ms: 1 } },
  { type: "ready", version: 1 },
];

describe("messages between a thread and its host", () => {
  it.each(fromHost)("reach the thread as they were sent: $type", (message) => {
    expect(unpackInThread(structuredClone(packForThread(message)))).toStrictEqual(message);
  });

  it.each(fromWorker)("reach the host as they were sent: %j", (message) => {
    expect(unpackInHost(structuredClone(packForHost(message)))).toStrictEqual(message);
  });

  it.each([[[]], [[7]], [[7, "ms", 1]]])("are none if an objective has posted %j", (posted) => {
    expect(unpackInHost(posted)).toBe(posted);
  });

  it("are arrays where every attempt needs one", () => {
    expect(packForThread(run)).toEqual([7, 2, run.params, false, 9, 1, "/tmp/7.2", { gpu: ["0"] }]);
    expect(packForHost(fromWorker[1]!)).toEqual([7, "ms", 1, undefined, undefined]);
  });
});
