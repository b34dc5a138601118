/** The server cannot take anything now, and may later: no answer, an error of its own, or none that MLflow would give. */
export class Unavailable extends Error {
  /** Whether it answered, and waiting is of little use: wrong credentials, another server, a deleted experiment. */
  readonly refused: boolean;
  constructor(message: string, { refused = false, cause }: { refused?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.refused = refused;
  }
}

/** The server understood one request and said no; `code` is MLflow's, such as `RESOURCE_DOES_NOT_EXIST`. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
