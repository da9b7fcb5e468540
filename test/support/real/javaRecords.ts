import { runOwnJava } from './javaPrograms';
import type { JavaSession } from './javaSession';
import type { KafkaDist } from './kafkaDist';

/** A header; the same key may come several times, the value may be null. */
export interface JavaHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** A record to send with Kafka's own producer. */
export interface JavaRecordToSend {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: readonly JavaHeader[];
  readonly partition?: number;
  readonly timestamp?: number;
}

/** A record as Kafka's own consumer sees it, byte for byte. */
export interface JavaRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: 'CreateTime' | 'LogAppendTime' | 'NoTimestampType';
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[];
}

/** Where a broker is, and how Java clients log in there. */
export interface JavaTarget {
  readonly dist: KafkaDist;
  readonly bootstrap: string;
  /** Runs the programs of tests, which otherwise have a JVM each; one after the other. */
  readonly session?: JavaSession;
}

/** Settings of {@link javaProduce}. */
export interface JavaProduceOptions {
  readonly compression?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  /** Sends all records in one transaction, which then ends so. */
  readonly transaction?: 'commit' | 'abort';
  /** Producer properties. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** Settings of {@link javaDump}. */
export interface JavaDumpOptions {
  readonly isolation?: 'read_uncommitted' | 'read_committed';
  /** Consumer properties. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** Where Kafka's producer was told that a record went. */
export interface JavaSent {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
}

interface JsonRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: JavaRecord['timestampType'];
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly { readonly key: string; readonly value: string | null }[];
}

const toBase64 = (bytes: Uint8Array | null) =>
  bytes === null ? null : Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'));

/** Every record of a topic, by Kafka's own consumer: per partition in offset order. */
export async function javaDump(
  target: JavaTarget,
  topic: string,
  options: JavaDumpOptions = {},
): Promise<JavaRecord[]> {
  const properties = {
    'bootstrap.servers': target.bootstrap,
    'isolation.level': options.isolation ?? 'read_uncommitted',
    'enable.auto.commit': 'false',
    // Its end waits for the last fetch, which brings nothing.
    'fetch.max.wait.ms': '20',
    ...options.properties,
  };
  const stdout = await runOwnJava(target, 'DumpRecords', [topic, ...pairs(properties)]);
  return lines<JsonRecord>(stdout).map((record) => ({
    ...record,
    key: fromBase64(record.key),
    value: fromBase64(record.value),
    headers: record.headers.map(({ key, value }) => ({ key, value: fromBase64(value) })),
  }));
}

/** Sends records with Kafka's own (idempotent) producer; answers where each went, in the order given. */
export async function javaProduce(
  target: JavaTarget,
  topic: string,
  records: readonly JavaRecordToSend[],
  options: JavaProduceOptions = {},
): Promise<JavaSent[]> {
  const properties = {
    'bootstrap.servers': target.bootstrap,
    'compression.type': options.compression ?? 'none',
    ...(options.transaction === undefined ? {} : { 'transactional.id': `tests-${topic}` }),
    ...options.properties,
  };
  const stdin = records
    .map(({ key, value, headers = [], ...where }) => ({
      ...where,
      key: toBase64(key),
      value: toBase64(value),
      headers: headers.map((header) => ({ key: header.key, value: toBase64(header.value) })),
    }))
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('');
  const args = [topic, options.transaction ?? 'none', ...pairs(properties)];
  const stdout = await runOwnJava(target, 'ProduceRecords', args, stdin);
  return lines<JavaSent>(stdout);
}

function pairs(properties: Readonly<Record<string, string>>): string[] {
  return Object.entries(properties).map(([name, value]) => `${name}=${value}`);
}

function lines<T>(stdout: Buffer): T[] {
  const text = stdout.toString().trim();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as T);
}
