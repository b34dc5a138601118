import type { EvaluatorDefinition } from "../../src/core/evaluator.ts";
import * as evaluators from "../../src/evaluators/index.ts";
import { evaluatorContract } from "../../src/testing/evaluator-contract.ts";

for (const definition of Object.values(evaluators) as readonly EvaluatorDefinition[]) evaluatorContract(definition);
