import { halton } from "../fixtures/halton.ts";
import type { SamplerDefinition } from "../../src/core/sampler.ts";
import * as samplers from "../../src/samplers/index.ts";
import { samplerContract } from "../../src/testing/sampler-contract.ts";

for (const sampler of Object.values(samplers) as SamplerDefinition[]) samplerContract(sampler);

// the worked example of CONTRIBUTING.md; test/docs.test.ts compares the two
samplerContract(halton);
