import { Emitter } from '../../src/base/event';
import type { ConnectionSettings } from '../../src/core/connection';
import type {
  BrokerExit,
  BrokerRuntime,
  KafkaConnector,
  KafkaGateway,
  RunningBroker,
  RuntimeCheck,
} from '../../src/core/ports';
import type { ClusterProfile } from '../../src/core/profile';

/** Fake of a broker that runs: it only remembers what was asked of it. */
export class FakeBroker implements RunningBroker {
  readonly connection: ConnectionSettings = { bootstrap: ['127.0.0.1:9092'] };
  readonly version = 'fake';
  readonly pid: number | undefined = 4711;
  readonly startedAt = 1;
  readonly calls: string[] = [];
  readonly #exit = new Emitter<BrokerExit>();
  readonly onDidExit = this.#exit.event;

  exit(exit: Partial<BrokerExit> = {}): void {
    this.#exit.fire({ expected: false, code: null, signal: 'SIGKILL', lastLog: ['last words'], ...exit });
  }
  usage(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  async *logs(): AsyncIterable<string> {}
  stop(): Promise<void> {
    this.calls.push('stop');
    return Promise.resolve();
  }
  release(): Promise<void> {
    this.calls.push('release');
    return Promise.resolve();
  }
  dispose(): void {
    this.calls.push('dispose');
  }
}

/** Fake runtime: hands out fake brokers, or fails as told. */
export class FakeRuntime implements BrokerRuntime {
  readonly kind: ClusterProfile['runtime'] = 'embedded';
  readonly brokers: FakeBroker[] = [];
  /** How many brokers had been started at each reset. */
  readonly resets: number[] = [];
  /** How often it was told to stop a broker that nobody here holds. */
  stops = 0;
  attach: BrokerRuntime['attach'] = () => Promise.resolve(undefined);
  /** Runs before a broker is handed out; throw in it to fail. */
  beforeStart: (signal: AbortSignal | undefined) => Promise<void> = () => Promise.resolve();

  check(): Promise<RuntimeCheck> {
    return Promise.resolve({ available: true, detail: 'fake' });
  }
  async start(
    _profile: ClusterProfile,
    progress: (step: { message: string }) => void,
    signal?: AbortSignal,
  ): Promise<RunningBroker> {
    progress({ message: 'Starting the fake' });
    await this.beforeStart(signal);
    const broker = new FakeBroker();
    this.brokers.push(broker);
    return broker;
  }
  stop(): Promise<void> {
    this.stops++;
    return Promise.resolve();
  }
  reset(): Promise<void> {
    this.resets.push(this.brokers.length);
    return Promise.resolve();
  }
}

/** Fake connector whose gateways are made of the given methods; the rest throws when it is called. */
export class FakeConnector implements KafkaConnector {
  readonly #gateway: Partial<KafkaGateway>;
  attempts = 0;
  disposed = 0;
  /** Runs at each connect; throw in it to fail. */
  beforeConnect: (attempt: number) => Promise<void> = () => Promise.resolve();

  constructor(gateway: Partial<KafkaGateway> = {}) {
    this.#gateway = gateway;
  }

  async connect(): Promise<KafkaGateway> {
    await this.beforeConnect(++this.attempts);
    const gateway: Partial<KafkaGateway> = {
      describeCluster: () =>
        Promise.resolve({
          clusterId: 'fake',
          brokers: [{ id: 1, host: '127.0.0.1', port: 9092, rack: null, isController: true }],
        }),
      dispose: () => this.disposed++,
      ...this.#gateway,
    };
    return gateway as KafkaGateway;
  }
}

/** A profile for the fake runtime. */
export const fakeProfile: ClusterProfile = { id: 'fake', name: 'Fake', runtime: 'embedded', port: 9092 };
