import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WireError } from '../../../../src/kafka/protocol/api';
import { errorCode, errorName, isRetriableCode } from '../../../../src/kafka/protocol/errorCodes';
import { createTopics } from '../../../../src/kafka/protocol/messages/createTopics';
import { metadata } from '../../../../src/kafka/protocol/messages/metadata';
import { WireReader } from '../../../../src/kafka/protocol/wireReader';
import { WireWriter } from '../../../../src/kafka/protocol/wireWriter';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

/** A recorded answer to Metadata 13 of Apache Kafka 4.3.1 for the topic "t" with two partitions. */
const recorded = hex(`
  0000000002000000010a3132372e302e302e310000a35d000017636470544a2d6c6a504a647a726e2d764f4354
  6835510000000102000002749d8fbd3b1ee04922bca861f4678e7a150003000000000000000000010000000002
  000000010200000001010000000000000100000001000000000200000001020000000101008000000000000000`);

describe('WireReader and WireWriter', () => {
  it('read what was written', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer(),
        fc.maxSafeInteger(),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.option(fc.string({ unit: 'binary' })),
        fc.nat(0xffffffff),
        fc.option(fc.uint8Array()),
        (flexible, int32, int64, bigint, string, uvarint, bytes) => {
          const writer = new WireWriter(1);
          writer.int32(int32);
          writer.int64(int64);
          writer.bigint64(bigint);
          writer.nullableString(flexible, string);
          writer.uvarint(uvarint);
          writer.nullableBytes(flexible, bytes);
          const reader = new WireReader(writer.written);
          assert.equal(reader.int32(), int32);
          assert.equal(reader.int64(), int64);
          assert.equal(reader.bigint64(), bigint);
          assert.equal(reader.nullableString(flexible), string);
          assert.equal(reader.uvarint(), uvarint);
          assert.deepEqual(reader.nullableBytes(flexible), bytes && Buffer.from(bytes));
          reader.end();
        },
      ),
    );
  });

  it('refuse numbers that would lose digits', () => {
    assert.equal(new WireReader(hex('001fffffffffffff')).int64(), Number.MAX_SAFE_INTEGER);
    assert.equal(new WireReader(hex('ffe0000000000001')).int64(), Number.MIN_SAFE_INTEGER);
    assert.throws(() => new WireReader(hex('0020000000000000')).int64(), WireError);
    assert.throws(() => new WireReader(hex('7fffffffffffffff')).int64(), WireError);
    assert.throws(() => new WireWriter().int64(2 ** 53), WireError);
    assert.throws(() => new WireWriter().int64(0.5), WireError);
  });

  it('allocate nothing for a length that lies', () => {
    const lies = ['7fffffff', '00000005 00', 'ffffff7f'];
    for (const lie of lies) {
      assert.throws(() => new WireReader(hex(lie)).bytes(false), WireError, lie);
      assert.throws(() => new WireReader(hex(lie)).array(false, (r) => r.int8(), 0), WireError, lie);
    }
    assert.throws(() => new WireReader(hex('ffffffff0f 00')).array(true, (r) => r.int8(), 0), WireError);
    assert.throws(() => new WireReader(hex('ffffffff0f 00')).string(true), WireError);
    assert.throws(() => new WireReader(hex('8080808080808000')).uvarint(), WireError);
  });

  it('skip tagged fields that nobody knows, and notice one that lies about its size', () => {
    const reader = new WireReader(hex('02 05 03 aabbcc 07 01 dd 2a'));
    reader.skipTags();
    assert.equal(reader.int8(), 42);
    assert.throws(() => new WireReader(hex('01 05 7f aa')).skipTags(), WireError);
    const short = new WireReader(hex('01 05 02 aabb'));
    assert.throws(
      () =>
        short.tags(() => {
          short.int8();
          return true;
        }),
      /lies about its size/,
    );
  });

  it('refuse a null where none is allowed', () => {
    assert.throws(() => new WireReader(hex('00')).string(true), WireError);
    assert.throws(() => new WireReader(hex('ffff')).string(false), WireError);
    assert.throws(() => new WireReader(hex('ffffffff')).array(false, (r) => r.int8(), 0), WireError);
  });
});

describe('Generated messages', () => {
  it('decode an answer of a real broker', () => {
    const answer = metadata.decode(new WireReader(recorded), 13);
    assert.deepEqual(answer.brokers, [{ nodeId: 1, host: '127.0.0.1', port: 41821, rack: null }]);
    assert.equal(answer.clusterId, 'cdpTJ-ljPJdzrn-vOCTh5Q');
    assert.equal(answer.controllerId, 1);
    const [topic] = answer.topics;
    assert.equal(topic?.name, 't');
    assert.equal(topic.topicId, 'nY-9Ox7gSSK8qGH0Z456FQ');
    assert.deepEqual(
      topic.partitions.map((p) => [
        p.partitionIndex,
        p.leaderId,
        p.replicaNodes,
        p.isrNodes,
        p.offlineReplicas,
      ]),
      [
        [0, 1, [1], [1], []],
        [1, 1, [1], [1], []],
      ],
    );
    assert.equal(answer.errorCode, 0);
  });

  it('throw on an answer that is cut anywhere', () => {
    for (let length = 0; length < recorded.length; length++) {
      assert.throws(
        () => metadata.decode(new WireReader(recorded.subarray(0, length)), 13),
        WireError,
        `${length}`,
      );
    }
  });

  it('encode as the protocol guide says', () => {
    const writer = new WireWriter();
    metadata.encode(writer, { topics: [{ name: 'ab' }], allowAutoTopicCreation: false }, 9);
    assert.equal(writer.written.toString('hex'), ['02', '036162', '00', '00', '00', '00', '00'].join(''));
    const all = new WireWriter();
    metadata.encode(all, { topics: null, allowAutoTopicCreation: false }, 4);
    assert.equal(all.written.toString('hex'), 'ffffffff00');
  });

  it('refuse what the version can not say', () => {
    const encode = (version: number, request: Parameters<typeof metadata.encode>[1]): void =>
      metadata.encode(new WireWriter(), request, version);
    assert.throws(() => encode(0, { topics: null }), /topics must not be null in version 0/);
    assert.throws(
      () => encode(3, { topics: [], allowAutoTopicCreation: false }),
      /does not exist in version 3/,
    );
    encode(3, { topics: [], allowAutoTopicCreation: true });
    assert.throws(() => encode(9, { topics: [{ name: null }] }), /name must not be null in version 9/);
    const wide = { name: 'x', numPartitions: 2 ** 31, replicationFactor: 1, assignments: [], configs: [] };
    assert.throws(() => createTopics.encode(new WireWriter(), { topics: [wide] }, 7), RangeError);
  });

  it('name error codes, also newer ones', () => {
    assert.equal(errorName(errorCode.TOPIC_ALREADY_EXISTS), 'TOPIC_ALREADY_EXISTS');
    assert.equal(errorName(9999), 'ERROR_9999');
    assert.ok(isRetriableCode(errorCode.NOT_LEADER_OR_FOLLOWER));
    assert.ok(!isRetriableCode(errorCode.INVALID_CONFIG));
    assert.ok(!isRetriableCode(9999));
  });
});
