import assert from 'node:assert/strict';
import { jsonProblem, layOutJson } from '../../../../src/ui/documents/exactJson';

describe('layOutJson', () => {
  it('lays out objects and lists', () => {
    assert.equal(
      layOutJson('{"a":[1,{"b" : null}],"c":{},"d":[ ]}'),
      '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ],\n  "c": {},\n  "d": []\n}',
    );
  });

  for (const text of ['9007199254740993', '-0', '1.0', '1E400', '"\\u00e9\\/"', 'true', '"{[,:]}"']) {
    it(`leaves ${text} as it is`, () => assert.equal(layOutJson(text), text));
  }

  it('keeps both of two members with the same name, in their order', () => {
    assert.equal(layOutJson('{"a":1,"a":2,"__proto__":3}'), '{\n  "a": 1,\n  "a": 2,\n  "__proto__": 3\n}');
  });

  it('says the same as JSON.stringify for all that it can say', () => {
    const value = {
      text: 'a "quoted" \\ \u2028',
      list: [[], {}, [1, [2]], null, true, -1.5e10],
      '': { x: '' },
    };
    assert.equal(layOutJson(JSON.stringify(value)), JSON.stringify(value, null, 2));
    assert.equal(layOutJson(JSON.stringify(value, null, 7)), JSON.stringify(value, null, 2));
  });

  for (const text of ['', '{', '{"a":1}x', "{'a':1}", 'NaN', '01', '[1,]']) {
    it(`is undefined for ${JSON.stringify(text)}`, () => assert.equal(layOutJson(text), undefined));
  }

  it('leaves what is nested deeply on its line: laid out it would fill the memory', () => {
    const text = '['.repeat(5_000) + ']'.repeat(5_000);
    assert.equal(layOutJson(text), text);
  });
});

describe('jsonProblem', () => {
  it('is undefined for JSON', () => assert.equal(jsonProblem('{"a":1}'), undefined));

  it('names line and column', () => {
    assert.deepEqual(jsonProblem('{\n  "a": 1,\n  "b": x\n}'), { line: 3, column: 8 });
  });

  for (const text of ['1', '"\\u00e9"', ' [] ', '{"a":[1,-0.5e+3,{"b":null}],"c":{}}', 'true']) {
    it(`is undefined for ${text}, as for the engine`, () => {
      JSON.parse(text);
      assert.equal(jsonProblem(text), undefined);
    });
  }

  for (const text of [
    ...['', '{', '[1,]', '{"a":1,}', '[1 2]', '{"a" 1}', '{1:2}', '01', '1.', '-', 'nulll', 'tru', '"\n"'],
    ...['"\\x"', '[}', '{]', '1 2', ',', ':', '[,1]', '{"a":}', '\u00a01', "'a'", '"a', '.5', '1e', '[1]]'],
  ]) {
    it(`is there for ${JSON.stringify(text)}, as for the engine`, () => {
      assert.throws(() => {
        JSON.parse(text);
      });
      assert.notEqual(jsonProblem(text), undefined);
    });
  }

  it('names the end where something is missing there', () => {
    assert.deepEqual(jsonProblem('{\n"a":'), { line: 2, column: 5 });
  });
});
