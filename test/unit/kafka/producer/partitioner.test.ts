import assert from 'node:assert/strict';
import { murmur2, partitionForKey, RoundRobin } from '../../../../src/kafka/producer/partitioner';

describe('partitioner', () => {
  it("hashes as Kafka's own test of murmur2 wants it", () => {
    // org.apache.kafka.common.utils.UtilsTest.testMurmur2
    const cases: [string, number][] = [
      ['21', -973932308],
      ['foobar', -790332482],
      ['a-little-bit-long-string', -985981536],
      ['a-little-bit-longer-string', -1486304829],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
      ['abc', 479470107],
    ];
    for (const [key, hash] of cases) assert.equal(murmur2(Buffer.from(key)), hash, key);
  });

  it('gives every key a partition, also where the hash is negative or the key empty', () => {
    assert.equal(partitionForKey(Buffer.from('21'), 10), (-973932308 & 0x7fffffff) % 10);
    assert.equal(partitionForKey(Buffer.alloc(0), 1), 0);
  });

  it('goes round over the partitions that have a leader', () => {
    const round = new RoundRobin(0);
    const leaders = new Map([
      [0, 1],
      [1, -1],
      [2, 1],
    ]);
    assert.deepEqual(
      [0, 0, 0, 0].map(() => round.next(leaders)),
      [0, 2, 0, 2],
    );
    const none = new RoundRobin(1);
    assert.equal(
      none.next(
        new Map([
          [0, -1],
          [1, -1],
        ]),
      ),
      1,
    );
  });
});
