import assert from 'node:assert/strict';
import { bootstrapProblem, splitBootstrap } from '../../../../src/ui/commands/form/bootstrapProblem';

describe('bootstrapProblem', () => {
  for (const good of [
    'localhost:9092',
    'a:1, b:65535',
    'a:1;b:2 c:3',
    '[::1]:9092',
    'kafka-1.example.com:9093',
  ]) {
    it(`takes ${good}`, () => assert.equal(bootstrapProblem(good), undefined));
  }
  for (const [text, what, entry] of [
    ['', 'empty', ''],
    [' , ', 'empty', ''],
    ['localhost', 'noPort', 'localhost'],
    ['a:1, localhost:', 'noPort', 'localhost:'],
    ['localhost:abc', 'noPort', 'localhost:abc'],
    ['[::1]', 'noPort', '[::1]'],
    ['a:0', 'badPort', 'a:0'],
    ['a:65536', 'badPort', 'a:65536'],
    ['a:123456', 'badPort', 'a:123456'],
    ['PLAINTEXT://a:1', 'scheme', 'PLAINTEXT://a:1'],
    ['::1:9092', 'malformed', '::1:9092'],
    [':9092', 'malformed', ':9092'],
  ] as const) {
    it(`says of "${text}": ${what}`, () => assert.deepEqual(bootstrapProblem(text), { what, entry }));
  }

  it('splits what is separated by commas, semicolons or blanks', () => {
    assert.deepEqual(splitBootstrap(' a:1,b:2;\n c:3 '), ['a:1', 'b:2', 'c:3']);
  });
});
