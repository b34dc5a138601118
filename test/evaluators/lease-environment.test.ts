import { describe, expect, it } from "vitest";
import { leaseEnvironment, lend } from "../../src/evaluators/lease-environment.ts";

describe("the environment of leases", () => {
  it("names every pool, and tells runtimes their devices", () => {
    expect(leaseEnvironment({})).toEqual({});
    expect(leaseEnvironment({ "test-port": ["8001"], gpu: ["2", "0"] })).toEqual({
      ATTUNE_LEASE_TEST_PORT: "8001",
      ATTUNE_LEASE_GPU: "2,0",
      CUDA_VISIBLE_DEVICES: "2,0",
      HIP_VISIBLE_DEVICES: "2,0",
      ZE_AFFINITY_MASK: "2,0",
      CUDA_DEVICE_ORDER: "PCI_BUS_ID",
    });
  });

  it("is put back as it was", () => {
    const env: NodeJS.ProcessEnv = { CUDA_VISIBLE_DEVICES: "7", PATH: "/bin" };
    const restore = lend({ gpu: ["1"] }, env);
    expect(env).toMatchObject({ ATTUNE_LEASE_GPU: "1", CUDA_VISIBLE_DEVICES: "1", PATH: "/bin" });
    restore();
    expect(env).toEqual({ CUDA_VISIBLE_DEVICES: "7", PATH: "/bin" });
    const back = lend({ gpu: ["1"] }, env, { MLFLOW_RUN_ID: "a", CUDA_VISIBLE_DEVICES: "3" });
    expect(env).toMatchObject({ MLFLOW_RUN_ID: "a", CUDA_VISIBLE_DEVICES: "1" });
    back();
    expect(env).toEqual({ CUDA_VISIBLE_DEVICES: "7", PATH: "/bin" });
  });
});
