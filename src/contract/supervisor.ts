import * as z from 'zod';
import { supervisorErrorCodes } from './supervisorProtocol';

export type SupervisorErrorCode = (typeof supervisorErrorCodes)[number];

/** How to run a broker. Made by a runtime, carried out by the supervisor of the profile's folder. No secrets in it. */
export interface BrokerLaunchPlan {
  /** Absolute path of the program. */
  readonly file: string;
  /** Its arguments, given as they are: no shell. */
  readonly args: readonly string[];
  /** Added to the few variables that a supervisor passes on (PATH, HOME, TMPDIR, … see supervisorEnvironment.ts). */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Address of the Kafka listener. */
  readonly host: string;
  readonly port: number;
  /** For people, and told to every client that attaches: "Apache Kafka 4.3.1". */
  readonly version: string;
  /**
   * Text in the line on standard output that says "I am listening". A connection to host:port could not say it: that
   * may be another program's listener.
   */
  readonly readyLine: string;
  /** ms from spawn to listening, after which the start has failed; 60,000 where left out. */
  readonly startTimeoutMs?: number;
  readonly stopSignal: 'SIGTERM';
  /** ms that the broker has after the stop signal; then it is killed. */
  readonly stopTimeoutMs: number;
  /** ms that the broker outlives its last client; 20,000 where left out. */
  readonly graceMs?: number;
  /** Go on without clients until somebody says stop. */
  readonly keepRunning?: boolean;
  /** `lease`: standard input is a pipe that ends with the supervisor; the broker is to end then. Else it has none. */
  readonly stdin?: 'lease';
  /**
   * Text in the broker's command line (its data folder). A broker left by a killed supervisor is signalled only if
   * pid, start time and this text are as recorded.
   */
  readonly commandLineMarker?: string;
  /** What an exit code before listening means: exit code → error code. */
  readonly exitCodes?: Readonly<Record<string, SupervisorErrorCode>>;
  /** What a line of the log before listening means, where exit codes tell too little: first match wins. */
  readonly logErrors?: readonly { readonly contains: string; readonly code: SupervisorErrorCode }[];
  /** Used once, when the broker ends before it listens without a known reason: these files go, these arguments come. */
  readonly fallback?: { readonly args: readonly string[]; readonly deleteFiles: readonly string[] };
}

/** Why and how a supervised broker ended. */
export interface SupervisedExit {
  /** True where a client or the end of the lease asked for it. */
  readonly expected: boolean;
  readonly code: number | null;
  readonly signal: string | null;
  /** At most 50 last lines of its log, newest last. */
  readonly lastLog: readonly string[];
}

interface LiveBroker {
  readonly pid: number;
  /** ms since 1970. */
  readonly startedAt: number;
  readonly host: string;
  readonly port: number;
  readonly version: string;
}

/** What the supervisor's broker is doing. */
export type SupervisorState =
  | { readonly state: 'idle' }
  | ({ readonly state: 'starting' | 'listening' | 'stopping' } & LiveBroker)
  | { readonly state: 'exited'; readonly exit: SupervisedExit };

/** Client → supervisor; each is answered by a reply with its id. An open connection is the lease. */
export type SupervisorRequest =
  /** Starts the broker, or joins the one that runs. Answered with the listening state, or with why it failed. */
  | { readonly id: number; readonly type: 'start'; readonly plan: BrokerLaunchPlan }
  | { readonly id: number; readonly type: 'status' }
  | { readonly id: number; readonly type: 'usage' }
  /** Answered with the newest lines; each later one follows as a `log` event until `follow` is false. */
  | { readonly id: number; readonly type: 'logs'; readonly follow: boolean }
  /** Stops the broker for everybody; answered when it has ended. */
  | { readonly id: number; readonly type: 'stop' }
  /** This client leaves. The last one stops the broker at once, unless it is to keep running. Answered when done. */
  | { readonly id: number; readonly type: 'release'; readonly keepRunning?: boolean };

export interface SupervisorFailure {
  readonly code: SupervisorErrorCode;
  readonly message: string;
  readonly lastLog?: readonly string[];
}

/** CPU seconds and resident bytes of the broker's process. */
export interface SupervisedUsage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** What a reply may carry, by request: state (start, status, stop), usage, lines (logs). */
export interface SupervisorAnswer {
  readonly state?: SupervisorState;
  readonly usage?: SupervisedUsage;
  readonly lines?: readonly string[];
}

/** Supervisor → client. */
export type SupervisorMessage =
  /** First message on every connection. */
  | {
      readonly type: 'hello';
      readonly protocol: number;
      readonly pid: number;
      readonly state: SupervisorState;
    }
  /** First and only message to the client that spawned this supervisor while another one has the folder. */
  | { readonly type: 'taken' }
  /** First and only message where the supervisor itself can not work. */
  | { readonly type: 'fatal'; readonly error: SupervisorFailure }
  | { readonly type: 'state'; readonly state: SupervisorState }
  | { readonly type: 'log'; readonly lines: readonly string[] }
  | { readonly type: 'reply'; readonly id: number; readonly answer: SupervisorAnswer }
  | { readonly type: 'reply'; readonly id: number; readonly error: SupervisorFailure };

const strings = z.array(z.string()).readonly();
const port = z.int().min(1).max(65535);
const ms = z.number().min(0);
const errorCode = z.enum(supervisorErrorCodes);

/** {@link BrokerLaunchPlan} */
export const brokerLaunchPlanSchema: z.ZodType<BrokerLaunchPlan> = z.object({
  file: z.string().min(1),
  args: strings,
  env: z.record(z.string(), z.string()).readonly(),
  cwd: z.string().min(1),
  host: z.string().min(1),
  port,
  version: z.string(),
  readyLine: z.string().min(1),
  startTimeoutMs: z.exactOptional(ms),
  stopSignal: z.literal('SIGTERM'),
  stopTimeoutMs: ms,
  graceMs: z.exactOptional(ms),
  keepRunning: z.exactOptional(z.boolean()),
  stdin: z.exactOptional(z.literal('lease')),
  commandLineMarker: z.exactOptional(z.string()),
  exitCodes: z.exactOptional(z.record(z.string(), errorCode).readonly()),
  logErrors: z.exactOptional(z.array(z.object({ contains: z.string().min(1), code: errorCode })).readonly()),
  fallback: z.exactOptional(z.object({ args: strings, deleteFiles: strings })),
});

const id = z.int();

/** {@link SupervisorRequest} */
export const supervisorRequestSchema: z.ZodType<SupervisorRequest> = z.discriminatedUnion('type', [
  z.object({ id, type: z.literal('start'), plan: brokerLaunchPlanSchema }),
  z.object({ id, type: z.literal('status') }),
  z.object({ id, type: z.literal('usage') }),
  z.object({ id, type: z.literal('logs'), follow: z.boolean() }),
  z.object({ id, type: z.literal('stop') }),
  z.object({ id, type: z.literal('release'), keepRunning: z.exactOptional(z.boolean()) }),
]);

const live = { pid: z.int(), startedAt: z.number(), host: z.string(), port, version: z.string() };

const stateSchema: z.ZodType<SupervisorState> = z.discriminatedUnion('state', [
  z.object({ state: z.literal('idle') }),
  z.object({ state: z.enum(['starting', 'listening', 'stopping']), ...live }),
  z.object({
    state: z.literal('exited'),
    exit: z.object({
      expected: z.boolean(),
      code: z.int().nullable(),
      signal: z.string().nullable(),
      lastLog: strings,
    }),
  }),
]);

const failure = z.object({ code: errorCode, message: z.string(), lastLog: z.exactOptional(strings) });

/** {@link SupervisorMessage} */
export const supervisorMessageSchema: z.ZodType<SupervisorMessage> = z.union([
  z.object({ type: z.literal('hello'), protocol: z.int(), pid: z.int(), state: stateSchema }),
  z.object({ type: z.literal('taken') }),
  z.object({ type: z.literal('fatal'), error: failure }),
  z.object({ type: z.literal('state'), state: stateSchema }),
  z.object({ type: z.literal('log'), lines: strings }),
  z.object({ type: z.literal('reply'), id, error: failure }),
  z.object({
    type: z.literal('reply'),
    id,
    answer: z.object({
      state: z.exactOptional(stateSchema),
      usage: z.exactOptional(z.object({ cpuSeconds: z.number(), residentBytes: z.number() })),
      lines: z.exactOptional(strings),
    }),
  }),
]);
