/** Contract suites for your own plugins; they need vitest and fast-check. */
export { evaluatorContract } from "./evaluator-contract.ts";
export { journalContract } from "./journal-contract.ts";
export { contractJob, runnerContract } from "./runner-contract.ts";
export { type Game, play, type Played } from "./play.ts";
export { checkProblem, problemContract } from "./problem-contract.ts";
export { prunerContract, type PrunerContractOptions } from "./pruner-contract.ts";
export { samplerContract, type SamplerContractOptions } from "./sampler-contract.ts";
export { leaf, ruledSpaces, shape, spaces } from "./spaces.ts";
export { finishedTrial, lifeOfAStudy, trackerContract } from "./tracker-contract.ts";
