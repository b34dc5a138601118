import type { SamplerDefinition } from "../../src/core/sampler.ts";
import * as samplers from "../../src/samplers/index.ts";
import { samplerContract } from "../../src/testing/sampler-contract.ts";

for (const sampler of Object.values(samplers) as SamplerDefinition[]) samplerContract(sampler);
