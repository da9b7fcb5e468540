import type { Turn } from '../../core/turn';
import type { WireReader } from './wireReader';
import type { WireWriter } from './wireWriter';

/** One Kafka API: its layout in every version that we use, as two functions. */
export interface Api<Request, Response> {
  /** Kafka's name for it. */
  readonly name: string;
  /** Its number on the wire. */
  readonly key: number;
  /** The versions that are encoded and decoded here, inclusive. */
  readonly minVersion: number;
  readonly maxVersion: number;
  /** First version with compact lengths and tagged fields (KIP-482). */
  readonly flexibleFrom: number;
  /** Writes the body. @throws WireError where the version can't carry what the request says */
  readonly encode: (writer: WireWriter, request: Request, version: number) => void;
  /** Reads the body; fields that the version lacks have their defaults. @throws WireError where it is malformed */
  readonly decode: (reader: WireReader, version: number) => Response;
  /** As `decode`, for answers with so many elements that others need the event loop in between. */
  readonly decodeInTurns?: (reader: WireReader, version: number, turn: Turn) => Promise<Response>;
}

/** A message that can not be encoded in the chosen version, or bytes that are no message of that version. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** For generated encoders: a field was set that the chosen version does not have. */
export function absentField(field: string, version: number): WireError {
  return new WireError(`${field} does not exist in version ${version}`);
}

/** For generated encoders: null was given where the chosen version takes none. */
export function nullField(field: string, version: number): WireError {
  return new WireError(`${field} must not be null in version ${version}`);
}
