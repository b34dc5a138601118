import type { Environment, Leases } from "../core/evaluator.ts";

/** Variables by which the common runtimes are told the devices that they may use: CUDA, HIP, Level Zero. */
const DEVICES = ["CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ZE_AFFINITY_MASK"];

/**
 * The environment variables that say what an attempt holds: `ATTUNE_LEASE_PORT=8001,8002` for the pool `port`. The pool
 * `gpu` also sets `CUDA_VISIBLE_DEVICES`, `HIP_VISIBLE_DEVICES` and `ZE_AFFINITY_MASK`, and `CUDA_DEVICE_ORDER`, without
 * which CUDA counts the fastest device first and not as `nvidia-smi` does.
 */
export function leaseEnvironment(leases: Leases): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [pool, tokens] of Object.entries(leases)) {
    const list = tokens.join(",");
    found[`ATTUNE_LEASE_${pool.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`] = list;
    if (pool !== "gpu") continue;
    for (const name of DEVICES) found[name] = list;
    found["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID";
  }
  return found;
}

/** Sets what {@link leaseEnvironment} says, and what else is given, in an environment; returns what puts it back. */
export function lend(leases: Leases | undefined, env: NodeJS.ProcessEnv, more: Environment = {}): () => void {
  if ((leases === undefined || !holdsAny(leases)) && !holdsAny(more)) return NOTHING;
  const before = Object.entries({ ...more, ...leaseEnvironment(leases ?? {}) }).map(([name, value]) => {
    const former = env[name];
    env[name] = value;
    return [name, former] as const;
  });
  return () => {
    for (const [name, former] of before) {
      if (former === undefined) delete env[name];
      else env[name] = former;
    }
  };
}

const NOTHING = (): void => {};

function holdsAny(of: object): boolean {
  for (const _ in of) return true;
  return false;
}
