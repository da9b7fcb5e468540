import { isKnownApiKey } from './apiKeys';
import { produceFault } from './produceFrame';

/**
 * Kafka's socket.request.max.bytes, which is 100 MB there: here the broker's memory is bounded by WebAssembly.
 * Clients send at most 1 MB unless told otherwise (max.request.size of Java, message.max.bytes of librdkafka).
 */
export const MAX_FRAME_BYTES = 32 * 1024 * 1024;

/** Only Produce carries record data: nothing else needs more, and the broker unpacks arrays as it is told. */
export const MAX_OTHER_FRAME_BYTES = 4 * 1024 * 1024;

/** Bytes of unfinished frames of all connections together. */
export const MAX_UNFINISHED_BYTES = 256 * 1024 * 1024;

const SIZE_BYTES = 4;
const HEADER_BYTES = 8; // API key, version, correlation id
const PRODUCE = 0;

/** Counts the unfinished bytes of all connections, which together are bounded. */
export interface Budget {
  bytes: number;
}

/**
 * Puts the bytes of one connection together to whole Kafka frames (size field included), and refuses what no
 * Kafka client sends: kfake believes a size field, and unpacks whatever key it names.
 */
export class Guard {
  private chunks: Buffer[] = [];
  private have = 0;
  private need = SIZE_BYTES;

  private readonly deliver: (frame: Buffer) => void;
  private readonly budget: Budget;

  constructor(deliver: (frame: Buffer) => void, budget: Budget) {
    this.deliver = deliver;
    this.budget = budget;
  }

  /** Takes the next bytes. Returns why the connection must be closed, or undefined if all is well. */
  push(bytes: Buffer): string | undefined {
    this.chunks.push(bytes);
    this.have += bytes.length;
    this.budget.bytes += bytes.length;
    while (this.have >= this.need) {
      const fault = this.need < SIZE_BYTES + HEADER_BYTES ? this.readSize() : this.readFrame();
      if (fault !== undefined) return fault;
    }
    return this.budget.bytes > MAX_UNFINISHED_BYTES
      ? 'too many bytes of unfinished requests are waiting, on all connections together'
      : undefined;
  }

  /** Lets go of what is unfinished; to be called when the connection ends. */
  close(): void {
    this.budget.bytes -= this.have;
    this.chunks = [];
    this.have = 0;
  }

  private readSize(): string | undefined {
    const size = this.join().readUInt32BE(0);
    if (size > MAX_FRAME_BYTES) {
      return `a request of ${size} bytes: not Kafka (HTTP or TLS?), or larger than ${MAX_FRAME_BYTES}`;
    }
    if (size < HEADER_BYTES) return `a request of ${size} bytes, shorter than its header`;
    this.need = SIZE_BYTES + HEADER_BYTES;
    if (this.have < this.need) return undefined;
    return this.readFrame();
  }

  /** With the header there, checks the key; with the whole frame there, hands it on. */
  private readFrame(): string | undefined {
    const all = this.join();
    const size = all.readUInt32BE(0);
    const key = all.readInt16BE(SIZE_BYTES);
    if (!isKnownApiKey(key)) return `API key ${key}, which is not known`;
    if (key !== PRODUCE && size > MAX_OTHER_FRAME_BYTES) {
      return `a request of ${size} bytes with API key ${key}, larger than ${MAX_OTHER_FRAME_BYTES}`;
    }
    const end = SIZE_BYTES + size;
    if (all.length < end) {
      this.need = end;
      return undefined;
    }
    const frame = all.subarray(0, end);
    const fault = key === PRODUCE ? produceFault(frame) : undefined;
    if (fault !== undefined) return fault;
    this.chunks = all.length > end ? [all.subarray(end)] : [];
    this.have -= end;
    this.budget.bytes -= end;
    this.need = SIZE_BYTES;
    this.deliver(frame);
    return undefined;
  }

  private join(): Buffer {
    const [first] = this.chunks;
    if (this.chunks.length === 1 && first !== undefined) return first;
    const all = Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}
