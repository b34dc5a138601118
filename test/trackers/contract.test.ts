import * as trackers from "../../src/trackers/index.ts";
import { trackerContract } from "../../src/testing/tracker-contract.ts";

const stream = { write: () => true };
for (const [name, tracker] of Object.entries(trackers)) {
  trackerContract(name, tracker({ stream }));
  trackerContract(`${name} in a terminal`, tracker({ stream: { ...stream, isTTY: true, columns: 60 } }));
}
