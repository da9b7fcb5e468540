import type { SeededRandom } from './seededRandom';
import { batchFields, codecOf, sealed, sectionOf, withSection, withStored } from './storedBatch';

/** A kind of damage: gives another batch and leaves the one it gets alone. */
export type Mutation = (batch: Buffer, random: SeededRandom) => Buffer;

/** Numbers that parsers trip over. */
const EXTREMES = [-2147483648, -2, -1, 0, 1, 2, 60, 61, 127, 128, 16_384, 65_535, 2 ** 24, 2147483647];

/** Varints that are too long, end early, or claim the largest and the least numbers; zigzag. */
const VARINTS = [
  'ffffffffffffffffff01', // ten bytes: -2^63
  'feffffffffffffffff01', // ten bytes: 2^63 - 1
  'ffffffffffffffffffff7f', // eleven bytes
  'ffffffffffffffffffffffffffffffff',
  'ffffffff0f', // -2^31
  'feffffff0f', // 2^31 - 1
  'ffffffff7f', // more bits than 32
  '80808080808080808000', // 0 in ten bytes
  '8000', // 0 in two bytes
  '01', // -1
  '03', // -2
  'ff', // no end
].map((hex) => Buffer.from(hex, 'hex'));

function copyWith(batch: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(batch);
  change(copy);
  return copy;
}

/** Sets a 32-bit field to a lie: an extreme, or near the truth. */
function lie(field: number): Mutation {
  return (batch, random) =>
    copyWith(batch, (copy) => {
      const near = copy.readInt32BE(field) + random.below(7) - 3;
      copy.writeInt32BE(random.below(2) === 0 ? random.pick(EXTREMES) : near | 0, field);
    });
}

function lie64(field: number): Mutation {
  return (batch, random) =>
    copyWith(batch, (copy) => {
      const truth = copy.readBigInt64BE(field);
      const near = truth + BigInt(random.below(7) - 3);
      const far = random.pick([-1n, 0n, 2n ** 31n, 2n ** 53n, -(2n ** 63n), 2n ** 63n - 1n]);
      copy.writeBigInt64BE(random.below(2) === 0 ? far : BigInt.asIntN(64, near), field);
    });
}

/** Puts one of the bad varints where the section has another byte, or in front of it. */
function badVarint(section: Buffer, random: SeededRandom): Buffer {
  const at = random.below(Math.max(1, section.length));
  const behind = at + random.below(2);
  return Buffer.concat([section.subarray(0, at), random.pick(VARINTS), section.subarray(behind)]);
}

/** Every kind of damage by its name. Those of records are made inside of the compression, with a right checksum. */
export const mutations: Readonly<Record<string, Mutation>> = {
  'bits flipped': (batch, random) =>
    copyWith(batch, (copy) => {
      for (let i = random.below(4); i >= 0; i--) copy[random.below(copy.length)]! ^= 1 << random.below(8);
    }),
  'header bit flipped': (batch, random) =>
    copyWith(batch, (copy) => {
      copy[random.below(batchFields.records)]! ^= 1 << random.below(8);
    }),
  'cut off': (batch, random) => Buffer.from(batch.subarray(0, random.below(batch.length))),
  'records cut off': (batch, random) =>
    withStored(batch, batch.subarray(batchFields.records, batchFields.records + random.below(batch.length))),
  'bytes inserted': (batch, random) => {
    const at = random.below(batch.length);
    return Buffer.concat([batch.subarray(0, at), random.bytes(1 + random.below(20)), batch.subarray(at)]);
  },
  'stored bytes replaced': (batch, random) => {
    const at = batchFields.records + random.below(Math.max(1, batch.length - batchFields.records));
    const noise = random.bytes(1 + random.below(8));
    const rest = batch.subarray(Math.min(batch.length, at + noise.length));
    return sealed(Buffer.concat([batch.subarray(0, at), noise, rest]));
  },
  'length lies': lie(batchFields.length),
  'last offset delta lies': (batch, random) => sealed(lie(batchFields.lastOffsetDelta)(batch, random)),
  'count lies': (batch, random) => sealed(lie(batchFields.count)(batch, random)),
  'count and delta lie': (batch, random) =>
    sealed(
      copyWith(batch, (copy) => {
        const count = random.pick([1, 2, 1000, 2 ** 20, 2147483646, copy.readInt32BE(batchFields.count) + 1]);
        copy.writeInt32BE(count - 1, batchFields.lastOffsetDelta);
        copy.writeInt32BE(count, batchFields.count);
      }),
    ),
  'offset lies': lie64(batchFields.baseOffset),
  'timestamp lies': (batch, random) =>
    sealed(lie64(random.pick([batchFields.baseTimestamp, batchFields.maxTimestamp]))(batch, random)),
  'another codec': (batch, random) =>
    sealed(copyWith(batch, (copy) => (copy[batchFields.attributes + 1] = random.below(8)))),
  'record bytes flipped': (batch, random) => {
    const section = Buffer.from(sectionOf(batch));
    for (let i = random.below(3); i >= 0; i--) section[random.below(section.length)]! ^= 1 << random.below(8);
    return withSection(batch, section);
  },
  'record varint lies': (batch, random) => withSection(batch, badVarint(sectionOf(batch), random)),
  'record fields lie': (batch, random) => {
    // The first bytes of the first record: length, attributes, deltas, key length.
    const section = Buffer.from(sectionOf(batch));
    section[random.below(Math.min(12, section.length))] = random.below(256);
    return withSection(batch, section);
  },
  'section cut off': (batch, random) => {
    const section = sectionOf(batch);
    return withSection(batch, Buffer.from(section.subarray(0, random.below(section.length))));
  },
  'section goes on': (batch, random) =>
    withSection(batch, Buffer.concat([sectionOf(batch), random.bytes(1 + random.below(9))])),
  'frame header flipped': (batch, random) =>
    sealed(
      copyWith(batch, (copy) => {
        const most = Math.min(copy.length - batchFields.records, codecOf(batch) === 0 ? 8 : 20);
        copy[batchFields.records + random.below(most)]! ^= 1 << random.below(8);
      }),
    ),
};
