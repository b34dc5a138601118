import * as journals from "../../src/journals/index.ts";
import { journalContract } from "../../src/testing/journal-contract.ts";

for (const journal of Object.values(journals)) journalContract(journal);
