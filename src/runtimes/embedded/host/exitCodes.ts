/** Exit codes of the embedded broker's process; 0 is a clean stop. */
export const EXIT = {
  /** Anything else that kept the broker from starting, or ended it. */
  failed: 70,
  portInUse: 71,
  dataDirInUse: 72,
  dataDirNotWritable: 73,
} as const;

/** A failure before the broker serves: its message is the last line on stderr, its code the exit code. */
export class StartError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
    this.exitCode = exitCode;
  }
}
