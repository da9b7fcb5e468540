import assert from 'node:assert/strict';
import { parseJavaVersion } from '../../../../src/runtimes/java/javaVersion';

describe('parseJavaVersion', () => {
  it('reads an OpenJDK of a distribution', () => {
    const output =
      'openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment (build 17.0.15+6-Debian-1deb12u1)\n';
    assert.deepEqual(parseJavaVersion(output), {
      major: 17,
      version: '17.0.15',
      vendor: 'OpenJDK Runtime Environment (build 17.0.15+6-Debian-1deb12u1)',
    });
  });

  it('names the vendor where the runtime has one', () => {
    const output =
      'openjdk version "25.0.3" 2026-04-21 LTS\r\nOpenJDK Runtime Environment Temurin-25.0.3+9 (build 25.0.3+9-LTS)\r\n';
    assert.deepEqual(parseJavaVersion(output), { major: 25, version: '25.0.3', vendor: 'Temurin-25.0.3+9' });
  });

  it('reads the old numbering and an early-access version', () => {
    assert.equal(parseJavaVersion('java version "1.8.0_392"\nJava(TM) SE Runtime Environment')?.major, 8);
    assert.equal(parseJavaVersion('openjdk version "26-ea" 2026-03-17')?.major, 26);
  });

  it('looks past the line of JAVA_TOOL_OPTIONS', () => {
    const output = 'Picked up JAVA_TOOL_OPTIONS: -Dversion=1\nopenjdk version "21" 2023-09-19\n';
    assert.equal(parseJavaVersion(output)?.major, 21);
  });

  it('knows what is no Java', () => {
    assert.equal(parseJavaVersion('Unable to locate a Java Runtime.'), undefined);
    assert.equal(parseJavaVersion(''), undefined);
    assert.equal(parseJavaVersion('node version "none"'), undefined);
  });
});
