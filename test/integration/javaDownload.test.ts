import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { access, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as tar from 'tar';
import type { KafkaManagerError } from '../../src/contract/errors';
import type { StartProgress } from '../../src/core/ports';
import {
  KafkaDistribution,
  type KafkaDistributionOptions,
} from '../../src/runtimes/java/download/kafkaDistribution';
import { run } from '../support/real/children';
import { makeTempDir, removeTempDir } from '../support/real/tempDir';
import { ForwardProxy, ReleaseServer, type ReleaseBehaviour } from '../support/releaseServer';
import { until } from '../support/until';

const version = '9.8.7';
const name = `kafka_2.13-${version}`;
type Options = Partial<Omit<KafkaDistributionOptions, 'mirrors'>> & { readonly mirrors?: readonly string[] };

/** A small archive laid out like a release; its jars are noise, so that it does not shrink. */
async function syntheticRelease(): Promise<Buffer> {
  const folder = await makeTempDir('release');
  const home = join(folder, name);
  for (const sub of ['libs', 'config', 'site-docs', 'bin']) await mkdir(join(home, sub), { recursive: true });
  await writeFile(join(home, 'libs', `${name}.jar`), randomBytes(400_000));
  await writeFile(join(home, 'libs', `kafka-clients-${version}.jar`), randomBytes(100_000));
  await writeFile(join(home, 'config', 'server.properties'), 'node.id=1\n');
  await writeFile(join(home, 'site-docs', 'docs.tgz'), randomBytes(1000));
  await writeFile(join(home, 'LICENSE'), 'license');
  await symlink('/etc/passwd', join(home, 'libs', 'link.jar'));
  await tar.create({ gzip: true, cwd: folder, file: join(folder, 'a.tgz') }, [name]);
  const archive = await readFile(join(folder, 'a.tgz'));
  await removeTempDir(folder);
  return archive;
}

describe('downloading Kafka', function () {
  this.timeout(30_000);
  let archive: Buffer;
  let server: ReleaseServer;
  let folder: string;

  before(async () => {
    archive = await syntheticRelease();
  });

  beforeEach(async () => {
    server = await ReleaseServer.start(`${name}.tgz`, archive);
    folder = await makeTempDir('download');
  });

  afterEach(async () => {
    await server.stop();
    await removeTempDir(folder);
  });

  const distribution = ({ mirrors = [server.base], ...options }: Options = {}): KafkaDistribution =>
    new KafkaDistribution({
      ...{ folder, version, mirrors: () => mirrors, checksums: [server.base], env: {}, retryBaseMs: 10 },
      ...options,
    });
  const part = () => join(folder, `${name}.tgz.part`);
  const leftovers = async () => (await readdir(folder)).filter((file) => /part|tmp/.test(file));
  const quiet = () => {};

  it('has libs and config of a verified release, nothing else, and tells how far it is', async () => {
    const fractions: number[] = [];
    const home = await distribution().ensure(
      ({ fraction }) => fraction !== undefined && fractions.push(fraction),
    );
    assert.deepEqual((await readdir(home)).sort(), ['.complete', 'LICENSE', 'config', 'libs']);
    assert.deepEqual((await readdir(join(home, 'libs'))).sort(), [
      `kafka-clients-${version}.jar`,
      `${name}.jar`,
    ]);
    assert.equal((await stat(join(home, 'libs', `${name}.jar`))).size, 400_000);
    assert.deepEqual(await leftovers(), []);
    assert.ok(fractions.length > 1 && fractions.at(-1) === 1, String(fractions));
    await distribution().ensure(quiet);
    assert.equal(server.downloads.length, 1);
  });

  it('goes on after a cut where it stopped', async () => {
    server.behaviour.cuts = [200_000, 100_000];
    await distribution().ensure(quiet);
    assert.equal(server.downloads.length, 3);
    const [second, third] = server.downloads
      .slice(1)
      .map(({ range }) => Number(/\d+/.exec(range ?? '')?.[0]));
    // What the kernel or the disk had not taken at the cut is asked for again: at worst all of an attempt.
    assert.ok(second! > 0 && second! <= 200_000, String(second));
    assert.ok(third! >= second! && third! <= 300_000, String(third));
    assert.equal(server.downloads[1]?.ifRange, '"one"');
  });

  it('starts anew on a server without ranges', async () => {
    server.behaviour.ranges = false;
    server.behaviour.cuts = [200_000];
    await distribution().ensure(quiet);
    assert.equal(server.downloads.length, 2);
  });

  it('starts anew when the file has changed meanwhile', async () => {
    const abort = new AbortController();
    server.behaviour.stallAfter = 200_000;
    const cancelled = distribution().ensure(quiet, abort.signal);
    await until(async () => (await stat(part())).size === 200_000, { deadlineMs: 5000, what: 'a part' });
    abort.abort();
    await assert.rejects(cancelled, { name: 'AbortError' });
    server.behaviour.stallAfter = undefined;
    server.behaviour.etag = '"two"';
    server.archive = await syntheticRelease();
    await distribution().ensure(quiet);
    assert.equal(server.downloads.at(-1)?.ifRange, '"one"');
  });

  it('keeps what arrived when it is cancelled, and uses it next time', async () => {
    const abort = new AbortController();
    server.behaviour.stallAfter = 300_000;
    const cancelled = distribution().ensure(quiet, abort.signal);
    await until(async () => (await stat(part())).size === 300_000, { deadlineMs: 5000, what: 'a part' });
    abort.abort();
    await assert.rejects(cancelled, { name: 'AbortError' });
    server.behaviour.stallAfter = undefined;
    await distribution().ensure(quiet);
    assert.equal(server.downloads.at(-1)?.range, 'bytes=300000-');
  });

  it('can be cancelled while it unpacks, and then starts again', async () => {
    const abort = new AbortController();
    const unpacking = ({ message }: StartProgress): void => {
      if (message.startsWith('Unpacking')) abort.abort();
    };
    await assert.rejects(distribution().ensure(unpacking, abort.signal), { name: 'AbortError' });
    assert.deepEqual(
      (await leftovers()).filter((file) => file.endsWith('.tmp')),
      [],
    );
    await distribution().ensure(quiet, AbortSignal.timeout(10_000));
    assert.equal(await distribution().isPresent(), true);
  });

  it('replaces a release that was not unpacked to its end', async () => {
    const home = await distribution().ensure(quiet);
    await rm(join(home, '.complete'));
    await writeFile(join(home, 'libs', `${name}.jar`), '');
    assert.equal(await distribution().isPresent(), false);
    await distribution().ensure(quiet);
    assert.equal((await stat(join(home, 'libs', `${name}.jar`))).size, 400_000);
  });

  it('deletes a file with a wrong checksum and says so', async () => {
    server.checksum = `${'0'.repeat(128)}  ${name}.tgz\n`;
    await assert.rejects(distribution().ensure(quiet), {
      code: 'DOWNLOAD_FAILED',
      message: /SHA-512 is wrong. It was deleted/,
    });
    assert.deepEqual(await leftovers(), []);
    await assert.rejects(access(distribution().home));
  });

  it('downloads nothing without a checksum, which only the second address vouches for', async () => {
    const evil = await ReleaseServer.start(`${name}.tgz`, await syntheticRelease());
    try {
      await assert.rejects(distribution({ mirrors: [evil.base] }).ensure(quiet), { code: 'DOWNLOAD_FAILED' });
      server.checksum = '<html></html>';
      await assert.rejects(distribution().ensure(quiet), { message: /has no SHA-512/ });
      assert.equal(server.downloads.length, 0);
    } finally {
      await evil.stop();
    }
  });

  it('tries the next mirror, and tells what all of them said', async () => {
    const gone = await ReleaseServer.start(`${name}.tgz`, archive);
    gone.behaviour.status = 404;
    try {
      await assert.rejects(distribution({ mirrors: [gone.base, gone.base] }).ensure(quiet), (error) => {
        const { code, message, remedy } = error as KafkaManagerError;
        assert.equal(code, 'DOWNLOAD_FAILED');
        assert.equal(message.match(/HTTP status 404/g)?.length, 2);
        assert.match(remedy, /mirror|folder/);
        return true;
      });
      assert.equal(gone.downloads.length, 2, 'a 404 is not worth another try');
      await distribution({ mirrors: [gone.base, server.base] }).ensure(quiet);
    } finally {
      await gone.stop();
    }
  });

  it('asks the mirror that is set when the download begins', async () => {
    const mirrors = ['nonsense'];
    const release = distribution({ mirrors });
    await assert.rejects(release.ensure(quiet), { message: /not a URL/ });
    mirrors[0] = server.base;
    await release.ensure(quiet);
  });

  it('tells and keeps no user or password of a mirror', async () => {
    const secret = (url: string): string => url.replace('//', '//bob:s3cret@');
    const mirrors = [secret(server.base)];
    const failing = async (behaviour: Partial<ReleaseBehaviour>, options = {}): Promise<void> => {
      Object.assign(server.behaviour, behaviour);
      await assert.rejects(distribution({ mirrors, ...options }).ensure(quiet), (error) => {
        assert.equal((error as KafkaManagerError).code, 'DOWNLOAD_FAILED');
        assert.doesNotMatch(inspect(error, { depth: 9 }), /bob|s3cret/);
        return true;
      });
      Object.assign(server.behaviour, { status: undefined, cuts: [], stallAfter: undefined });
      for (const file of await leftovers()) {
        assert.doesNotMatch((await readFile(join(folder, file))).toString('latin1'), /bob|s3cret/, file);
      }
    };
    await failing({ status: 404 });
    await failing({ status: 404 }, { checksums: mirrors });
    await failing({ cuts: [1000, 1000, 1000, 1000] });
    await failing({ stallAfter: 1000 }, { idleMs: 50 });
    assert.ok((await leftovers()).includes(`${name}.tgz.part.json`));
    await failing({}, { maxArchiveBytes: 1000 });
    await failing({}, { mirrors: ['http://bob:s3cret@127.0.0.1:99999/', 'ftp://bob:s3cret@127.0.0.1/'] });
    await failing({}, { proxy: 'socks5://bob:s3cret@127.0.0.1:1' });
    await failing({}, { proxy: 'http://bob:s3cret@127.0.0.1:1' });
  });

  it('takes no more than an archive can have, also where the size is not told', async () => {
    for (const lengths of [true, false]) {
      server.behaviour.lengths = lengths;
      const asked = server.downloads.length;
      await assert.rejects(distribution({ maxArchiveBytes: 300_000 }).ensure(quiet), {
        code: 'DOWNLOAD_FAILED',
        message: /sends more than the 300000 bytes/,
      });
      assert.equal(server.downloads.length, asked + 1, 'not worth another try');
      assert.deepEqual(await leftovers(), []);
    }
    await distribution({ maxArchiveBytes: archive.length }).ensure(quiet);
  });

  it('does not repeat what can not succeed', async () => {
    // The first pause alone would be longer than the test may last.
    const patient = { retryBaseMs: 100_000 };
    const redirecting = createHttpServer((_, answer) => {
      answer.writeHead(302, { Location: 'ftp://127.0.0.1/' }).end();
    });
    redirecting.listen(0, '127.0.0.1');
    await once(redirecting, 'listening');
    const base = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/`;
    try {
      const failing = (options: Options, message: RegExp) =>
        assert.rejects(distribution({ ...patient, ...options }).ensure(quiet), { message });
      await failing({ mirrors: [base] }, /redirects to ftp: which is not safe/);
      await failing({ proxy: 'socks5://127.0.0.1:1' }, /not an http:\/\/ or https:/);
      await failing({ mirrors: ['nonsense'] }, /not a URL/);
      server.checksum = 'nonsense';
      await failing({}, /has no SHA-512/);
    } finally {
      redirecting.closeAllConnections();
      redirecting.close();
    }
  });

  it('tries a busy server again', async () => {
    server.behaviour.status = 503;
    const done = distribution().ensure(quiet);
    await until(() => server.seen.length >= 2, { deadlineMs: 5000, what: 'another try', everyMs: 1 });
    server.behaviour.status = undefined;
    await done;
  });

  it('asks an http mirror in absolute form through the proxy, unless NO_PROXY names it', async () => {
    const proxy = await ForwardProxy.start();
    try {
      const env = { HTTP_PROXY: `http://user:pass%20word@${proxy.address}` };
      await distribution({ env }).ensure(quiet);
      assert.ok(proxy.asked.includes(`GET ${server.base}${version}/${name}.tgz`), String(proxy.asked));
      assert.ok(proxy.asked.includes(`Basic ${Buffer.from('user:pass word').toString('base64')}`));
      const asked = proxy.asked.length;
      const other = distribution({ env: { ...env, NO_PROXY: '127.0.0.1' }, folder: join(folder, 'other') });
      await other.ensure(quiet);
      assert.equal(proxy.asked.length, asked);
    } finally {
      await proxy.stop();
    }
  });

  it('reaches an https mirror through the proxy by CONNECT', async () => {
    const proxy = await ForwardProxy.start();
    let firstByte: number | undefined;
    // Answers no TLS: that the proxy was asked for a tunnel, and that TLS began in it, is what counts here.
    const target = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (chunk) => {
        firstByte = chunk[0];
        socket.destroy();
      });
    });
    target.listen(0, '127.0.0.1');
    await once(target, 'listening');
    const authority = `kafka.test:${(target.address() as AddressInfo).port}`;
    try {
      const options = { checksums: [`https://${authority}/`], proxy: `http://${proxy.address}` };
      await assert.rejects(distribution(options).ensure(quiet), { code: 'DOWNLOAD_FAILED' });
      assert.equal(proxy.asked[0], `CONNECT ${authority}`);
      assert.equal(firstByte, 0x16, 'a TLS handshake record');
    } finally {
      target.close();
      await proxy.stop();
    }
  });

  it('says how much is needed and free on a disk that is too small', async function () {
    const mount = join(folder, 'small');
    await mkdir(mount);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=700k', 'tmpfs', mount]).status !== 0) {
      throw new Error('this test mounts a small file system, which needs root on Linux');
    }
    try {
      await assert.rejects(distribution({ folder: mount }).ensure(quiet), (error) => {
        const { code, message, details } = error as KafkaManagerError;
        assert.equal(code, 'DOWNLOAD_FAILED');
        assert.match(message, /too full.*1\.\d MB are needed.*0\.\d MB are free/);
        assert.ok(Number(details?.['neededBytes']) > Number(details?.['freeBytes']));
        return true;
      });
      // Where the server doesn't tell the size, the disk is full only while it is written.
      server.behaviour.lengths = false;
      await writeFile(join(mount, 'filler'), Buffer.alloc(400_000));
      await assert.rejects(distribution({ folder: mount }).ensure(quiet), {
        ...{ code: 'DOWNLOAD_FAILED', message: /too full/ },
      });
    } finally {
      await run('umount', [mount]);
    }
  });

  it('is downloaded once by two at the same time', async () => {
    const [one, two] = [distribution(), distribution()];
    assert.deepEqual(await Promise.all([one.ensure(quiet), two.ensure(quiet)]), [one.home, one.home]);
    assert.equal(server.downloads.length, 1);
    assert.deepEqual(await leftovers(), []);
  });
});
