import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { WireError } from '../../src/kafka/protocol/api';
import type { Api } from '../../src/kafka/protocol/api';
import { addOffsetsToTxn } from '../../src/kafka/protocol/messages/addOffsetsToTxn';
import { addPartitionsToTxn } from '../../src/kafka/protocol/messages/addPartitionsToTxn';
import { apiVersions } from '../../src/kafka/protocol/messages/apiVersions';
import { consumerGroupDescribe } from '../../src/kafka/protocol/messages/consumerGroupDescribe';
import { consumerProtocolAssignment } from '../../src/kafka/protocol/messages/consumerProtocolAssignment';
import { createPartitions } from '../../src/kafka/protocol/messages/createPartitions';
import { createTopics } from '../../src/kafka/protocol/messages/createTopics';
import { deleteRecords } from '../../src/kafka/protocol/messages/deleteRecords';
import { deleteTopics } from '../../src/kafka/protocol/messages/deleteTopics';
import { describeConfigs } from '../../src/kafka/protocol/messages/describeConfigs';
import { describeGroups } from '../../src/kafka/protocol/messages/describeGroups';
import { describeLogDirs } from '../../src/kafka/protocol/messages/describeLogDirs';
import { describeShareGroupOffsets } from '../../src/kafka/protocol/messages/describeShareGroupOffsets';
import { endTxn } from '../../src/kafka/protocol/messages/endTxn';
import { fetch } from '../../src/kafka/protocol/messages/fetch';
import { findCoordinator } from '../../src/kafka/protocol/messages/findCoordinator';
import { incrementalAlterConfigs } from '../../src/kafka/protocol/messages/incrementalAlterConfigs';
import { initProducerId } from '../../src/kafka/protocol/messages/initProducerId';
import { listGroups } from '../../src/kafka/protocol/messages/listGroups';
import { listOffsets } from '../../src/kafka/protocol/messages/listOffsets';
import { metadata } from '../../src/kafka/protocol/messages/metadata';
import { offsetCommit } from '../../src/kafka/protocol/messages/offsetCommit';
import { offsetFetch } from '../../src/kafka/protocol/messages/offsetFetch';
import { produce } from '../../src/kafka/protocol/messages/produce';
import { saslHandshake } from '../../src/kafka/protocol/messages/saslHandshake';
import { shareGroupDescribe } from '../../src/kafka/protocol/messages/shareGroupDescribe';
import { txnOffsetCommit } from '../../src/kafka/protocol/messages/txnOffsetCommit';
import { WireReader } from '../../src/kafka/protocol/wireReader';
import { WireWriter } from '../../src/kafka/protocol/wireWriter';
import { run } from '../support/real/children';
import { realKafka } from '../support/real/kafkaDist';
import type { KafkaDist } from '../support/real/kafkaDist';
import { makeTempDir, removeTempDir } from '../support/real/tempDir';
import { ReferenceCodec } from '../support/referenceCodec';
import type { MessageDefinition, Value } from '../support/referenceCodec';

const protocol = path.join(import.meta.dirname, '../../src/kafka/protocol');

const apis = [
  addOffsetsToTxn,
  addPartitionsToTxn,
  apiVersions,
  consumerGroupDescribe,
  createPartitions,
  createTopics,
  deleteRecords,
  deleteTopics,
  describeConfigs,
  describeGroups,
  describeLogDirs,
  describeShareGroupOffsets,
  endTxn,
  fetch,
  findCoordinator,
  incrementalAlterConfigs,
  initProducerId,
  listGroups,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  produce,
  saslHandshake,
  shareGroupDescribe,
  txnOffsetCommit,
] as unknown as readonly Api<Value, Value>[];

describe('Generated protocol', function () {
  this.timeout(120_000);
  let dist: KafkaDist;
  let jar: string;
  let folder: string;

  before(async function () {
    this.timeout(900_000);
    dist = await realKafka('4');
    jar = path.join(dist.libs, `kafka-clients-${dist.version}.jar`);
    folder = await makeTempDir('protocol');
    await run(path.join(dist.javaHome, 'bin/jar'), ['xf', jar, 'common/message'], { cwd: folder });
  });
  after(() => removeTempDir(folder));

  const definition = async (name: string): Promise<MessageDefinition> => {
    const text = await readFile(path.join(folder, 'common/message', `${name}.json`), 'utf8');
    return JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as MessageDefinition;
  };

  it('is what the generator makes of the pinned Kafka, byte for byte', async () => {
    const out = path.join(folder, 'generated');
    const env = { ...process.env, JAVA_HOME: dist.javaHome };
    await run(process.execPath, [path.join(protocol, 'generator/generate.mjs'), '--jar', jar, '--out', out], {
      env,
    });
    const names = (await readdir(path.join(out, 'messages'))).map((name) => path.join('messages', name));
    assert.deepEqual(
      names.sort(),
      (await readdir(path.join(protocol, 'messages'))).map((name) => path.join('messages', name)).sort(),
    );
    for (const name of [...names, 'errorCodes.ts']) {
      assert.equal(
        await readFile(path.join(protocol, name), 'utf8'),
        await readFile(path.join(out, name), 'utf8'),
        `${name} is not what \`npm run generate:protocol\` makes`,
      );
    }
  });

  it('covers every generated API in this test', async () => {
    const files = (await readdir(path.join(protocol, 'messages'))).map((name) => name.replace('.ts', ''));
    const names = apis.map(({ name }) => name.charAt(0).toLowerCase() + name.slice(1));
    assert.deepEqual([...names, 'consumerProtocolAssignment'].sort(), files.sort());
  });

  it('reads the assignments of classic groups in every version', async () => {
    const message = await definition('ConsumerProtocolAssignment');
    const { minVersion, maxVersion, decode } = consumerProtocolAssignment;
    assert.equal(message.validVersions, `${minVersion}-${maxVersion}`);
    for (let version = minVersion; version <= maxVersion; version++) {
      const reference = new ReferenceCodec(message, version);
      fc.assert(
        fc.property(reference.arbitrary(), (value) => {
          const reader = new WireReader(reference.encode(value));
          assertIncludes(decode(reader, version), value);
          reader.end();
        }),
      );
    }
  });

  for (const api of apis) {
    it(`${api.name}: requests of every version say what they are given`, async () => {
      const message = await definition(`${api.name}Request`);
      assert.equal(api.key, message.apiKey);
      for (let version = api.minVersion; version <= api.maxVersion; version++) {
        const reference = new ReferenceCodec(message, version);
        fc.assert(
          fc.property(reference.arbitrary(), (value) => {
            const writer = new WireWriter(8);
            api.encode(writer, value, version);
            const decoded = reference.decode(writer.written);
            // A tagged field may be left out where it has its default.
            assert.deepEqual({ ...defaultsOfTags(value, decoded), ...decoded }, value);
          }),
          { numRuns: 40 },
        );
      }
    });

    it(`${api.name}: answers of every version are read, damaged ones refused`, async () => {
      const message = await definition(`${api.name}Response`);
      for (let version = api.minVersion; version <= api.maxVersion; version++) {
        const reference = new ReferenceCodec(message, version);
        const read = (bytes: Buffer): Value => {
          const reader = new WireReader(bytes);
          const value = api.decode(reader, version);
          reader.end();
          return value;
        };
        fc.assert(
          fc.property(reference.arbitrary(), fc.nat(), fc.nat(255), (value, place, byte) => {
            const bytes = reference.encode(value);
            assertIncludes(read(bytes), value);
            assert.throws(() => read(bytes.subarray(0, place % bytes.length)), WireError);
            assert.throws(() => read(Buffer.concat([bytes, Buffer.of(0)])), WireError);
            const damaged = Buffer.from(bytes);
            damaged[place % bytes.length] = byte;
            try {
              read(damaged);
            } catch (error) {
              assert.ok(error instanceof WireError, String(error));
            }
          }),
          { numRuns: 40 },
        );
      }
    });
  }
});

/** What `value` says in tagged fields that were not sent, being null. */
function defaultsOfTags(value: Value, decoded: Value): Value {
  return Object.fromEntries(
    Object.entries(value).filter(([key, field]) => !(key in decoded) && field === null),
  );
}

/** Everything that was sent has been read; fields that the version lacks are extra. */
function assertIncludes(actual: unknown, sent: unknown): void {
  if (Array.isArray(sent)) {
    assert.ok(Array.isArray(actual));
    assert.equal(actual.length, sent.length);
    sent.forEach((item, i) => assertIncludes(actual[i], item));
  } else if (typeof sent === 'object' && sent !== null && !Buffer.isBuffer(sent)) {
    for (const [key, value] of Object.entries(sent)) assertIncludes((actual as Value)[key], value);
  } else {
    assert.deepEqual(actual, sent);
  }
}
