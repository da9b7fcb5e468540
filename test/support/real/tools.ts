import { randomUUID } from 'node:crypto';
import { run } from './children';
import { realPart } from './realPart';

/** A record as kcat reads it. Key and value are exact; kcat shows headers only as text. */
export interface KcatRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** `name=value,name=value` in order; a null value reads NULL. Ambiguous by design of kcat: compare, don't parse. */
  readonly headers: string;
}

/** A record for kcat to send. */
export interface KcatRecordToSend {
  readonly key?: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/** Settings of {@link kcatConsume}. */
export interface KcatConsumeOptions {
  readonly partition?: number;
  /** As kcat's -o: beginning, a number, -5 (the last five), s@1700000000000 and so on. */
  readonly from?: string;
  readonly count?: number;
  /** librdkafka properties, such as security.protocol. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** Settings of {@link kcatProduce}. */
export interface KcatProduceOptions {
  readonly partition?: number;
  readonly compression?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  /** On every record; keys may repeat. kcat takes them as arguments, so they are text. */
  readonly headers?: readonly (readonly [key: string, value: string])[];
  readonly properties?: Readonly<Record<string, string>>;
}

/** Runs kcat with these arguments. */
export async function kcat(args: readonly string[], stdin?: Uint8Array): Promise<Buffer> {
  const { stdout } = await run(await realPart('kcat.sh'), args, stdin === undefined ? {} : { stdin });
  return stdout;
}

/** Reads a topic to its end with kcat. */
export async function kcatConsume(
  bootstrap: string,
  topic: string,
  options: KcatConsumeOptions = {},
): Promise<KcatRecord[]> {
  // Lengths make key and value exact (-1 is null); only the headers need a mark behind them, one that no data holds.
  const mark = randomUUID();
  const format = `%p %o %T %K %S\\n%k%s%h${mark}`;
  const partition = options.partition === undefined ? [] : ['-p', String(options.partition)];
  const count = options.count === undefined ? [] : ['-c', String(options.count)];
  const range = ['-o', options.from ?? 'beginning', '-e', '-q', ...partition, ...count];
  // Only an answer without records tells kcat that it is at the end: the broker need not hold it for half a second.
  const properties = { 'fetch.wait.max.ms': '20', ...options.properties };
  const output = await kcat([...client(bootstrap, properties), '-C', '-t', topic, ...range, '-f', format]);
  return parseKcatOutput(output, mark);
}

/** Parses what kcat prints for the format of {@link kcatConsume}. */
export function parseKcatOutput(output: Buffer, mark: string): KcatRecord[] {
  const records: KcatRecord[] = [];
  let at = 0;
  while (at < output.length) {
    const endOfLine = output.indexOf('\n', at);
    const line = output.toString('latin1', at, endOfLine);
    const numbers = line.split(' ').map(Number);
    if (endOfLine < 0 || numbers.length !== 5 || !numbers.every(Number.isInteger)) {
      throw new Error(`kcat printed something else than a record at byte ${at}: ${line.slice(0, 200)}`);
    }
    const [partition, offset, timestamp, keyLength, valueLength] = numbers as [
      number,
      number,
      number,
      number,
      number,
    ];
    at = endOfLine + 1;
    const take = (length: number): Buffer | null => {
      if (length < 0) return null;
      at += length;
      return output.subarray(at - length, at);
    };
    const key = take(keyLength);
    const value = take(valueLength);
    const end = output.indexOf(mark, at);
    if (end < 0) throw new Error(`kcat's output ends inside the record at offset ${offset}`);
    records.push({ partition, offset, timestamp, key, value, headers: output.toString('utf8', at, end) });
    at = end + mark.length;
  }
  return records;
}

/**
 * Sends records with kcat, in order and byte for byte.
 *
 * kcat's -Z makes every empty key and value null, so a record that has both an empty and a null part can't be sent.
 */
export async function kcatProduce(
  bootstrap: string,
  topic: string,
  records: readonly KcatRecordToSend[],
  options: KcatProduceOptions = {},
): Promise<void> {
  const partition = options.partition === undefined ? [] : ['-p', String(options.partition)];
  const headers = (options.headers ?? []).flatMap(([key, value]) => ['-H', `${key}=${value}`]);
  const settings = ['-z', options.compression ?? 'none', ...partition, ...headers];
  const common = [...client(bootstrap, options.properties), '-P', '-t', topic, ...settings];
  for (const { emptyIsNull, batch } of runsOfOneMode(records)) {
    const afterKey = randomUUID();
    const afterRecord = randomUUID();
    const parts = batch.flatMap(({ key, value }) => [
      ...(key === null || key === undefined ? [] : [key, Buffer.from(afterKey)]),
      value ?? Buffer.alloc(0),
      Buffer.from(afterRecord),
    ]);
    const delimiters = ['-K', afterKey, '-D', afterRecord];
    await kcat([...common, ...delimiters, ...(emptyIsNull ? ['-Z'] : [])], Buffer.concat(parts));
  }
}

/** Splits records, in order, into runs that one call of kcat can send. */
function runsOfOneMode(
  records: readonly KcatRecordToSend[],
): { emptyIsNull: boolean; batch: KcatRecordToSend[] }[] {
  const runs: { emptyIsNull: boolean; batch: KcatRecordToSend[] }[] = [];
  for (const record of records) {
    const emptyIsNull = record.value === null;
    if (emptyIsNull && record.key?.length === 0)
      throw new Error('kcat cannot send an empty key with a null value');
    const last = runs.at(-1);
    if (last?.emptyIsNull === emptyIsNull) last.batch.push(record);
    else runs.push({ emptyIsNull, batch: [record] });
  }
  return runs;
}

function client(bootstrap: string, properties: Readonly<Record<string, string>> = {}): string[] {
  return [
    '-b',
    bootstrap,
    ...Object.entries(properties).flatMap(([name, value]) => ['-X', `${name}=${value}`]),
  ];
}
