import assert from 'node:assert/strict';
import { appendFile, chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { JavaFinder } from '../../../../src/runtimes/java/findJava';
import { FakeStateStore } from '../../../support/javaRuntimeHarness';
import { makeTempDir, removeTempDir } from '../../../support/real/tempDir';

describe('JavaFinder', () => {
  let folder: string;
  let state: FakeStateStore;

  beforeEach(async () => {
    folder = await makeTempDir('find-java');
    state = new FakeStateStore();
  });

  afterEach(() => removeTempDir(folder));

  /** A fake Java home whose `java` (a shell script) prints `version`, and notes each of its runs. */
  const fakeJava = async (name: string, version: string): Promise<string> => {
    const home = join(folder, name);
    await mkdir(join(home, 'bin'), { recursive: true });
    const file = join(home, 'bin', 'java');
    const script = `#!/bin/sh\necho run >>'${home}/runs'\necho 'openjdk version "${version}"' >&2\necho 'Fake Environment Fake-1' >&2\n`;
    await writeFile(file, script);
    await chmod(file, 0o755);
    return home;
  };
  const runs = async (home: string) => (await readFile(join(home, 'runs'), 'utf8')).split('\n').length - 1;

  it('prefers the setting, then JAVA_HOME, then PATH', async () => {
    const [a, b, c] = [await fakeJava('a', '17'), await fakeJava('b', '21'), await fakeJava('c', '25')];
    const env = { JAVA_HOME: b, PATH: join(c, 'bin') };
    assert.equal((await new JavaFinder(state, env).find(a)).major, 17);
    assert.equal((await new JavaFinder(state, env).find(undefined)).major, 21);
    assert.equal((await new JavaFinder(state, { PATH: env.PATH }).find(undefined)).major, 25);
  });

  it('goes on where one on PATH is too old, and tells all that it saw where none will do', async () => {
    const [old, good] = [await fakeJava('old', '11.0.2'), await fakeJava('good', '17')];
    const path = [join(folder, 'nothing'), join(old, 'bin'), join(good, 'bin')].join(delimiter);
    assert.equal((await new JavaFinder(state, { PATH: path }).find(undefined)).major, 17);
    await assert.rejects(new JavaFinder(state, { PATH: join(old, 'bin') }).find(undefined), {
      code: 'RUNTIME_UNAVAILABLE',
      message: /No Java 17 or later was found \(PATH: .*is Java 11\.0\.2\)/,
      remedy: /Install a Java/,
      details: { missing: 'java' },
    });
    await assert.rejects(new JavaFinder(state, {}).find(undefined), {
      message: /JAVA_HOME and PATH have none/,
    });
  });

  it('does not fall back from a setting that is wrong', async () => {
    const good = await fakeJava('good', '17');
    const finder = new JavaFinder(state, { JAVA_HOME: good });
    await assert.rejects(finder.find(join(folder, 'gone')), {
      message: /configured Java home: there is no .*gone/,
    });
  });

  it('asks a program once, also across restarts of ours, until it changes', async () => {
    const home = await fakeJava('once', '17');
    for (let i = 0; i < 3; i++) await new JavaFinder(state, {}).find(home);
    assert.equal(await runs(home), 1);
    await appendFile(join(home, 'bin', 'java'), '# updated\n');
    await new JavaFinder(state, {}).find(home);
    assert.equal(await runs(home), 2);
  });

  it('finds a Java also where nothing can be remembered', async () => {
    const home = await fakeJava('full', '17');
    state.set = () => Promise.reject(new Error('ENOSPC'));
    assert.equal((await new JavaFinder(state, {}).find(home)).major, 17);
  });

  it('says that a program is no Java', async () => {
    const home = await fakeJava('none', '17');
    await writeFile(join(home, 'bin', 'java'), '#!/bin/sh\necho hello\n');
    await assert.rejects(new JavaFinder(state, {}).find(home), { message: /does not tell a version/ });
  });
});
