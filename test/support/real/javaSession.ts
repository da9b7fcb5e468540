import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Sequencer } from '../../../src/base/async';
import { spawnTracked } from './children';
import { compiled, javaCommand } from './javaPrograms';
import type { KafkaDist } from './kafkaDist';

/** Own programs that are run in a session. */
const PROGRAMS = ['Programs', 'DumpRecords', 'ProduceRecords', 'ScriptedProducers'] as const;
const DEADLINE_MS = 60_000;

/**
 * A JVM that runs our programs (test/support/real/java) one after the other. It starts with the first of them: a JVM for
 * each takes a second of CPU time, and suites that compare each read with Kafka's own consumer need dozens.
 */
export class JavaSession {
  readonly #dist: KafkaDist;
  readonly #turns = new Sequencer();
  #child: ChildProcessWithoutNullStreams | undefined;

  constructor(dist: KafkaDist) {
    this.#dist = dist;
  }

  /** What the program printed. Fails with its stack trace, or after a minute. */
  run(program: string, args: readonly string[], stdin = ''): Promise<Buffer> {
    return this.#turns.run(() => this.#run(program, args, stdin));
  }

  dispose(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #run(program: string, args: readonly string[], stdin: string): Promise<Buffer> {
    const child = (this.#child ??= await this.#start());
    const strings = [program, ...args, stdin].map((text) => Buffer.from(text));
    const answer = new Promise<Buffer>((resolve, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const fail = (why: string): void => {
        done();
        this.dispose();
        reject(new Error(`${program} ${args.join(' ')} ${why}`));
      };
      const onData = (chunk: Buffer): void => {
        chunks.push(chunk);
        length += chunk.length;
        const head = chunks[0]!.length >= 5 ? chunks[0]! : Buffer.concat(chunks);
        if (head.length < 5 || length < 5 + head.readInt32BE(1)) return;
        done();
        const whole = Buffer.concat(chunks);
        if (whole[0] === 0) resolve(whole.subarray(5));
        else reject(new Error(`${program} ${args.join(' ')} failed:\n${whole.subarray(5).toString()}`));
      };
      const onExit = (): void => fail('ended with its JVM');
      const timer = setTimeout(() => fail(`took longer than ${DEADLINE_MS} ms`), DEADLINE_MS);
      const done = (): void => {
        clearTimeout(timer);
        child.stdout.off('data', onData);
        child.off('exit', onExit);
      };
      child.stdout.on('data', onData);
      child.once('exit', onExit);
    });
    child.stdin.write(Buffer.concat([int32(strings.length), ...strings.flatMap(sized)]));
    return answer;
  }

  async #start(): Promise<ChildProcessWithoutNullStreams> {
    const classes = await Promise.all(PROGRAMS.map((program) => compiled(this.#dist, program)));
    const child = spawnTracked(...javaCommand(this.#dist, 'Programs', [], classes));
    child.stderr.resume();
    child.stdin.on('error', () => {}); // Its end is told by exit.
    return child;
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function sized(bytes: Buffer): Buffer[] {
  return [int32(bytes.length), bytes];
}
