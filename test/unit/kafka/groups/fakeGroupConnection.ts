import { KafkaManagerError } from '../../../../src/contract/errors';
import type { GroupConnection } from '../../../../src/kafka/groups/coordinators';
import type { Api } from '../../../../src/kafka/protocol/api';

type Answer = (broker: unknown, request: never, maxVersion: number | undefined) => unknown;

/** Fake of a connection to groups' coordinators: answers by the name of the API, and remembers what was asked. */
export class FakeGroupConnection implements GroupConnection {
  readonly calls: { readonly api: string; readonly broker: unknown; readonly request: unknown }[] = [];
  readonly answers: Record<string, Answer>;
  /** APIs of which the broker knows only the versions before the one that is asked for. */
  readonly lacks = new Set<string>();
  brokers = [1, 2];

  constructor(answers: Record<string, Answer>) {
    this.answers = answers;
  }

  supports(api: Api<never, unknown>): boolean {
    return !this.lacks.has(api.name);
  }

  metadata(): Promise<never> {
    return Promise.resolve({ brokers: this.brokers.map((nodeId) => ({ nodeId })) } as never);
  }

  async call<Request, Response>(
    broker: unknown,
    api: Api<Request, Response>,
    request: Request,
    options: { maxVersion?: number } = {},
  ): Promise<Response> {
    this.calls.push({ api: api.name, broker, request });
    const answer = this.answers[api.name];
    if (!answer) throw new KafkaManagerError('UNSUPPORTED_BY_BROKER');
    return (await answer(broker, request as never, options.maxVersion)) as Response;
  }

  /** How often an API was called. */
  count(api: Api<never, unknown>): number {
    return this.calls.filter(({ api: name }) => name === api.name).length;
  }

  /** Requests to an API. */
  requests<Request>(api: Api<Request, unknown>): readonly Request[] {
    return this.calls.filter(({ api: name }) => name === api.name).map(({ request }) => request as Request);
  }
}

/** Answers FindCoordinator in old and in new versions. */
export function coordinatorOf(nodeOf: (group: string) => { nodeId: number; errorCode?: number }): Answer {
  return (_broker, request: { key?: string; coordinatorKeys?: readonly string[] }) => ({
    errorCode: 0,
    errorMessage: null,
    ...(request.key === undefined ? {} : nodeOf(request.key)),
    coordinators: (request.coordinatorKeys ?? []).map((key) => ({
      key,
      errorCode: 0,
      errorMessage: null,
      ...nodeOf(key),
    })),
  });
}
