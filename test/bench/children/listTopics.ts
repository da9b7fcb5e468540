// listTopics.js BOOTSTRAP RUNS: asks for the metadata of all topics over one connection, and has the time of decoding.
import { createLogger } from '../../../src/base/logger';
import { KafkaConnection } from '../../../src/kafka/connection';
import type { Api } from '../../../src/kafka/protocol/api';
import { metadata } from '../../../src/kafka/protocol/messages/metadata';
import { listTopics } from '../../../src/kafka/topics';
import { type LoopDelay, watchLoop } from './loopWatch';
import { report } from './report';

/** What {@link report} is given. */
export interface MetadataReport extends LoopDelay {
  readonly topics: number;
  /** Decoding the answer alone, each call; the first one runs code that is not compiled yet. */
  readonly decodeMs: readonly number[];
  /** CPU time of the same, V8's helper threads included. */
  readonly decodeCpuMs: readonly number[];
  /** The gateway's listTopics(), each call: request, broker, decoding, sorting. */
  readonly listMs: readonly number[];
}

/** An API whose decoding is timed. */
function timed<Request, Response>(
  api: Api<Request, Response>,
  { wall, cpu }: { readonly wall: number[]; readonly cpu: number[] },
): Api<Request, Response> {
  return {
    ...api,
    decode: (reader, version) => {
      const cpuBefore = process.cpuUsage();
      const started = performance.now();
      const answer = api.decode(reader, version);
      wall.push(performance.now() - started);
      const { user, system } = process.cpuUsage(cpuBefore);
      cpu.push((user + system) / 1000);
      return answer;
    },
  };
}

async function main(bootstrap: string, runs: number): Promise<MetadataReport> {
  const connection = await KafkaConnection.open(
    { bootstrap: [bootstrap] },
    { logger: createLogger(() => {}) },
  );
  const loop = watchLoop();
  const decodeMs: number[] = [];
  const decodeCpuMs: number[] = [];
  const api = timed(metadata, { wall: decodeMs, cpu: decodeCpuMs });
  for (let run = 0; run < runs; run++) {
    await connection.call('any', api, { topics: null, allowAutoTopicCreation: false });
  }
  const listMs: number[] = [];
  let topics = 0;
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    topics = (await listTopics(connection)).length;
    listMs.push(performance.now() - started);
  }
  const delay = loop();
  connection.dispose();
  return { topics, decodeMs, decodeCpuMs, listMs, ...delay };
}

void main(process.argv[2] ?? '', Number(process.argv[3])).then(report);
