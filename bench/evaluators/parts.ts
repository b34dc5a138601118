import { idle } from "./idle.ts";
import { isolation } from "./isolation.ts";
import { refill } from "./refill.ts";
import { stubborn } from "./stubborn.ts";
import { throughput } from "./throughput.ts";

/** What is measured; each prints a table. `run` is a job of it, in a fresh process. */
export const PARTS = { throughput, isolation, refill, idle, stubborn } as const;
export type PartName = keyof typeof PARTS;
