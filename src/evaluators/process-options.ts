/** Options of the evaluators that run objectives in processes. */
export interface ProcessesOptions {
  /** How many processes there are at most; each runs one trial at a time. @default os.availableParallelism() */
  readonly workers?: number;
  /** The Node that runs them. @default process.execPath */
  readonly execPath?: string;
  /** Its flags, such as `--max-old-space-size=4096`. Those of this process are not inherited. @default none */
  readonly execArgv?: readonly string[];
  /** Variables added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The directory that they run in. @default that of this process */
  readonly cwd?: string;
  /**
   * Bytes that a worker and everything that it started may hold together; beyond, they are ended, a failure of kind
   * `memory`. What Node itself holds counts, some 60 MB. Linux only. @default unlimited
   */
  readonly memory?: number;
  /**
   * Seconds of processor time that one attempt may use, with everything that it started; beyond, it is ended, a failure
   * of kind `timeout`. Linux only. @default unlimited
   */
  readonly cpuSeconds?: number;
}
