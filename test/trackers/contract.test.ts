import * as trackers from "../../src/trackers/index.ts";
import { trackerContract } from "../../src/testing/tracker-contract.ts";

const stream = { write: () => true };
/** What a tracker needs beside a stream, to be tried here; where it takes none, in its place. */
const options: Readonly<Record<string, object>> = { mlflow: { uri: "http://127.0.0.1:9", patience: 0 } };
for (const [name, tracker] of Object.entries(trackers)) {
  const given = options[name];
  trackerContract(name, tracker(given ?? { stream }));
  if (given === undefined)
    trackerContract(`${name} in a terminal`, tracker({ stream: { ...stream, isTTY: true, columns: 60 } }));
}
