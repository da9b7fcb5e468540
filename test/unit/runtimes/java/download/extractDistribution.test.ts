import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tar from 'tar';
import { isComplete } from '../../../../../src/runtimes/java/download/completion';
import { extractDistribution } from '../../../../../src/runtimes/java/download/extractDistribution';
import { until } from '../../../../support/until';

const version = '9.8.7';
const name = `kafka_2.13-${version}`;
/** Jars of noise beside the two that make a Kafka: much more than tar reads at once. */
const ballast = 60;

describe('extractDistribution', () => {
  let root: string;
  let archive: string;
  let target: string;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'lkm-extract-'));
    archive = join(root, 'kafka.tgz');
    const libs = join(root, name, 'libs');
    await mkdir(libs, { recursive: true });
    for (const jar of [`${name}.jar`, `kafka-clients-${version}.jar`]) await writeFile(join(libs, jar), jar);
    for (let at = 0; at < ballast; at++) await writeFile(join(libs, `x${at}.jar`), randomBytes(300_000));
    await tar.create({ gzip: { level: 1 }, cwd: root, file: archive }, [name]);
  });

  beforeEach(async () => {
    target = join(await mkdtemp(join(root, 'target-')), name);
  });

  after(() => rm(root, { recursive: true, force: true }));

  const around = () => readdir(join(target, '..'));
  /** Jars in the folder that is being filled. */
  const unpacked = async (): Promise<number> => {
    const [folder] = await around();
    return (await readdir(join(target, '..', folder!, 'libs'))).length;
  };

  it('stops at an abort in the middle, leaves nothing, and can be called again', async () => {
    const abort = new AbortController();
    let jars = 0;
    const done = extractDistribution(archive, target, abort.signal);
    await until(async () => (jars = await unpacked()), { deadlineMs: 5000, what: 'a jar', everyMs: 1 });
    assert.ok(jars < ballast, `${jars} jars were there before the abort`);
    abort.abort();
    await assert.rejects(done, { name: 'AbortError' });
    assert.deepEqual(await around(), []);
    await extractDistribution(archive, target, new AbortController().signal);
    assert.equal((await readdir(join(target, 'libs'))).length, ballast + 2);
    assert.deepEqual(await around(), [name]);
  });

  it('is complete only with the marker that is written last, and the jars', async () => {
    await extractDistribution(archive, target);
    assert.equal(await isComplete(target), true);
    await rm(join(target, '.complete'));
    assert.equal(await isComplete(target), false);
    await writeFile(join(target, '.complete'), '');
    await rm(join(target, 'libs', `kafka-clients-${version}.jar`));
    assert.equal(await isComplete(target), false);
  });

  it('leaves nothing of an archive that is cut or holds no Kafka', async () => {
    const other = join(root, 'other.tgz');
    await mkdir(join(root, 'other', 'libs'), { recursive: true });
    await writeFile(join(root, 'other', 'libs', 'a.jar'), 'a');
    await tar.create({ gzip: true, cwd: root, file: other }, ['other']);
    await assert.rejects(extractDistribution(other, target), { code: 'RUNTIME_UNAVAILABLE' });
    await writeFile(other, (await readFile(archive)).subarray(0, 5_000_000));
    await assert.rejects(extractDistribution(other, target));
    assert.deepEqual(await around(), []);
  });
});
