/** Samplers propose trials. */
export { genetic } from "./genetic/genetic.ts";
export { random } from "./random.ts";
