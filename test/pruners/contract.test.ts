import * as pruners from "../../src/pruners/index.ts";
import { prunerContract } from "../../src/testing/pruner-contract.ts";

for (const definition of Object.values(pruners)) prunerContract(definition as Parameters<typeof prunerContract>[0]);
prunerContract(pruners.median, {
  factory: pruners.median({ by: "time", interval: 20 }),
});
prunerContract(pruners.successiveHalving, {
  factory: pruners.successiveHalving({ by: "time", minResource: 20 }),
});
