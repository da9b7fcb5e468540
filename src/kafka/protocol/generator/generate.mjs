#!/usr/bin/env node
// npm run generate:protocol [-- --jar PATH/kafka-clients-V.jar] [--out FOLDER]
// Writes src/kafka/protocol/messages/*.ts and errorCodes.ts from Kafka's own definitions in that jar. Without --jar,
// the pinned Kafka of the tests is used (test/real/kafka.sh).
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import { apis, bigintFields, dataMessages } from './apis.mjs';
import { readApi, readData } from './definitions.mjs';
import { emitApi, emitData, fileOf } from './emitApi.mjs';
import { emitErrorCodes } from './errorCodes.mjs';
import { readZip } from './zip.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../../..');
const realPart = (...script) =>
  execFileSync('bash', [join(root, 'test/real', script[0]), ...script.slice(1)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();

function pinnedJar() {
  const libs = join(realPart('kafka.sh', '4'), 'libs');
  return join(
    libs,
    readdirSync(libs).find((name) => /^kafka-clients-[\d.]+\.jar$/.test(name)),
  );
}

const { values } = parseArgs({ options: { jar: { type: 'string' }, out: { type: 'string' } } });
const jar = values.jar ?? pinnedJar();
const out = values.out ?? join(here, '..');
const kafkaVersion = /kafka-clients-(.+)\.jar$/.exec(basename(jar))?.[1];
if (!kafkaVersion) throw new Error(`${jar} is not called kafka-clients-VERSION.jar`);
const java = join(process.env.JAVA_HOME ?? realPart('jdk.sh'), 'bin/java');

const files = readZip(readFileSync(jar), (name) => name.startsWith('common/message/'));
const modules = new Map([['errorCodes.ts', emitErrorCodes(jar, java, kafkaVersion)]]);
for (const entry of apis)
  modules.set(fileOf(entry), emitApi(readApi(files, entry, bigintFields), kafkaVersion));
for (const entry of dataMessages)
  modules.set(fileOf(entry), emitData(readData(files, entry, bigintFields), kafkaVersion));

const style = await prettier.resolveConfig(join(here, 'generate.mjs'));
rmSync(join(out, 'messages'), { recursive: true, force: true });
mkdirSync(join(out, 'messages'), { recursive: true });
for (const [name, source] of modules) {
  writeFileSync(join(out, name), await prettier.format(source, { ...style, parser: 'typescript' }));
}
console.log(`${modules.size} files from Apache Kafka ${kafkaVersion}`);
