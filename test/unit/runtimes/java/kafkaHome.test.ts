import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readKafkaHome } from '../../../../src/runtimes/java/kafkaHome';
import { makeTempDir, removeTempDir } from '../../../support/real/tempDir';

describe('readKafkaHome', () => {
  let home: string;

  beforeEach(async () => {
    home = await makeTempDir('kafka-home');
  });

  afterEach(() => removeTempDir(home));

  const jars = async (...names: string[]): Promise<void> => {
    await mkdir(join(home, 'libs'));
    for (const name of names) await writeFile(join(home, 'libs', name), '');
  };

  it('reads the version and the sorted class path', async () => {
    await jars(
      'kafka_2.13-4.3.1.jar',
      'kafka-clients-4.3.1.jar',
      'a.jar',
      'kafka_2.13-4.3.1-sources.jar',
      'x.asc',
    );
    const kafka = await readKafkaHome(home);
    assert.equal(kafka.version, '4.3.1');
    assert.equal(kafka.major, 4);
    assert.deepEqual(
      kafka.jars.map((jar) => jar.slice(home.length + 6)),
      ['a.jar', 'kafka-clients-4.3.1.jar', 'kafka_2.13-4.3.1.jar'],
    );
  });

  const refused = (reason: RegExp) => ({ code: 'RUNTIME_UNAVAILABLE', message: reason });

  it('says what is missing', async () => {
    await assert.rejects(readKafkaHome(home), refused(/libs can not be read/));
    await jars('unrelated.jar');
    await assert.rejects(readKafkaHome(home), refused(/no kafka_2\.13/));
    await writeFile(join(home, 'libs', 'kafka_2.13-4.3.1.jar'), '');
    await assert.rejects(readKafkaHome(home), refused(/kafka-clients-4\.3\.1\.jar/));
  });

  it('refuses a Kafka that needs ZooKeeper', async () => {
    await jars('kafka_2.13-2.8.1.jar', 'kafka-clients-2.8.1.jar');
    await assert.rejects(readKafkaHome(home), refused(/2\.8\.1 still needs ZooKeeper/));
  });
});
