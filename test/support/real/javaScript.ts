import { runOwnJava } from './javaPrograms';
import type { JavaRecordToSend, JavaSent, JavaTarget } from './javaRecords';

/** What one of Kafka's own producers does next; producers are told apart by their names. */
export type ProducerStep = { readonly producer: string } & (
  | { readonly do: 'open'; readonly properties: Readonly<Record<string, string>> }
  | ({ readonly do: 'send'; readonly topic: string } & JavaRecordToSend)
  | { readonly do: 'flush' | 'begin' | 'commit' | 'abort' }
);

/**
 * Has several of Kafka's own producers work in turns, in one JVM; a producer with a transactional.id can end one
 * transaction after the other. A transaction that no step ends stays open. Answers where each record went.
 */
export async function javaScript(target: JavaTarget, steps: readonly ProducerStep[]): Promise<JavaSent[]> {
  const stdin = steps.map((step) => `${JSON.stringify(step, base64)}\n`).join('');
  const stdout = await runOwnJava(target, 'ScriptedProducers', [target.bootstrap], stdin);
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JavaSent);
}

/** JSON.stringify's replacer: it sees a Buffer as what toJSON makes of it, and any other array of bytes as it is. */
function base64(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const isBuffer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  return isBuffer ? Buffer.from((value as unknown as { data: number[] }).data).toString('base64') : value;
}
