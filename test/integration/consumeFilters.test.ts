import assert from 'node:assert/strict';
import { type JavaBroker, startJavaBroker } from '../support/real/javaBroker';
import { realKafka } from '../support/real/kafkaDist';
import { makeTempDir } from '../support/real/tempDir';
import { kcatConsume } from '../support/real/tools';
import { Terminal } from '../support/terminal';

/** A broker under the API. */
interface Stage {
  readonly name: string;
  readonly args: () => Promise<readonly string[]>;
  readonly end: () => Promise<void>;
}

let java: JavaBroker | undefined;
const stages: readonly Stage[] = [
  {
    name: 'Apache Kafka 4',
    args: async () => {
      java = await startJavaBroker(await realKafka('4'));
      return ['--bootstrap', java.bootstrap];
    },
    end: async () => java?.dispose(),
  },
  { name: 'the playground broker', args: async () => ['--port', '0'], end: async () => {} },
];

const TOPIC = 'shop';
const COUNT = 3_000;

/** Orders of a shop: what is looked for is in few of them, and in other fields of others. */
const messages = Array.from({ length: COUNT }, (_, i) => ({
  key: i % 10 === 0 ? `Key-${i}` : null,
  value:
    i % 500 === 7
      ? null
      : i % 100 === 3
        ? `no JSON: Ämter ${i}`
        : { id: i, state: i % 4 === 0 ? 'SHIPPED' : 'open', lines: [{ sku: `s${i % 50}`, n: i % 7 }] },
  ...(i % 250 === 1 && {
    headers: [
      ['trace', `t-${i}`],
      ['state', 'SHIPPED'],
    ],
  }),
}));

interface Seen {
  readonly offset: number;
  readonly text: string;
  readonly json: { id?: number; state?: string; lines?: { sku: string; n: number }[] };
  readonly key: string;
  readonly traced: boolean;
}

for (const stage of stages) {
  describe(`filters of /consume on ${stage.name}`, function () {
    this.timeout(900_000);
    let terminal: Terminal;
    let seen: Seen[];

    before(async () => {
      terminal = await new Terminal({
        args: [...(await stage.args()), '--api-port', '0'],
        data: await makeTempDir('filters'),
      }).ready();
      const made = await terminal.call('POST', '/topics', { name: TOPIC, partitions: 3 });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      for (const [compression, from] of [
        ['gzip', 0],
        ['lz4', COUNT / 2],
      ] as const) {
        const some = messages.slice(from, from + COUNT / 2);
        const sent = await terminal.call('POST', '/produce/batch', {
          topic: TOPIC,
          messages: some,
          compression,
        });
        assert.equal(sent.status, 200, JSON.stringify(sent.body));
      }
      seen = (await kcatConsume(terminal.bootstrap, TOPIC)).map((record) => {
        const text = record.value === null ? '' : Buffer.from(record.value).toString();
        return {
          offset: record.partition * 1e6 + record.offset,
          text,
          json: text.startsWith('{') ? (JSON.parse(text) as Seen['json']) : {},
          key: record.key === null ? '' : Buffer.from(record.key).toString(),
          traced: record.headers.length > 0,
        };
      });
      assert.equal(seen.length, COUNT);
    });
    after(async () => {
      await terminal.stop();
      await stage.end();
    });

    const answer = async (parameters: Record<string, string>) => {
      const query = new URLSearchParams({ topic: TOPIC, limit: '10000', ...parameters }).toString();
      return terminal.call('GET', `/consume?${query}`);
    };

    const cases: [Record<string, string>, (record: Seen) => boolean][] = [
      [{ filter: 'SHIPPED' }, ({ text }) => text.includes('SHIPPED')],
      [{ filter: 'shipped' }, () => false],
      [{ filter: 'SHIPPED', filter_fields: 'headers' }, ({ traced }) => traced],
      [{ filter: 'key-1', filter_ignore_case: 'true' }, ({ key }) => key.startsWith('Key-1')],
      [{ filter: 'ÄMTER 2', filter_ignore_case: 'true' }, ({ text }) => text.includes('Ämter 2')],
      [{ filter_regex: '"id":\\d*99[,}]' }, ({ json }) => (json.id ?? 0) % 100 === 99],
      [{ filter_regex: '^KEY-\\d00$', filter_regex_flags: 'i' }, ({ key }) => /^Key-\d00$/.test(key)],
      [{ filter_header: 'trace' }, ({ traced }) => traced],
      [
        { filter_header: 'trace', filter_header_value: 't-251' },
        ({ traced, json }) => traced && json.id === 251,
      ],
      [{ filter_jsonpath: '$.lines[?@.n == 6]' }, ({ json }) => json.lines?.[0]?.n === 6],
      [{ filter_jsonpath: '$.lines[*].sku.none' }, () => false],
      [
        { filter_expression: 'record.value.id % 1000 == 11 || record.value == null' },
        ({ json, text }) => text === '' || (json.id ?? 0) % 1000 === 11,
      ],
      [
        {
          filter: 'SHIPPED',
          filter_jsonpath: '$.lines[?@.sku == "s0"]',
          filter_expression: 'record.partition > 0',
        },
        ({ text, json, offset }) =>
          text.includes('SHIPPED') && json.lines?.[0]?.sku === 's0' && offset >= 1e6,
      ],
    ];
    for (const [parameters, wanted] of cases) {
      it(`gives what kcat shows for ${JSON.stringify(parameters)}`, async () => {
        const expected = seen.filter(wanted).map(({ offset }) => offset);
        // Only what takes no record to decide, () => false, looks for nothing on purpose.
        if (wanted.length > 0) assert.notEqual(expected.length, 0, 'the case looks for nothing');
        for (const direction of ['oldest', 'newest']) {
          const { status, body } = await answer({ ...parameters, direction });
          assert.equal(status, 200, JSON.stringify(body));
          const data = body['data'] as {
            records: { partition: number; offset: number }[];
            scanned: number;
            matched: number;
          };
          const found = data.records.map(({ partition, offset }) => partition * 1e6 + offset);
          const byNumber = (a: number, b: number): number => a - b;
          assert.deepEqual(found.toSorted(byNumber), expected.toSorted(byNumber), direction);
          assert.deepEqual([data.scanned, data.matched], [COUNT, expected.length], direction);
        }
      });
    }

    it('ends a pattern that runs away within a second, and answers on', async () => {
      const long = await terminal.call('POST', '/produce', {
        topic: TOPIC,
        partition: 2,
        value: `${'a'.repeat(50)}!`,
        value_format: 'text',
      });
      const { offset } = long.body['data'] as { offset: number };
      const since = performance.now();
      const { status, body } = await answer({ filter_regex: '^(a|aa)+$' });
      const took = performance.now() - since;
      const error = body['error'] as { code: string; message: string };
      assert.deepEqual([status, error.code], [422, 'FILTER_TOO_SLOW']);
      assert.match(error.message, new RegExp(`offset ${offset} of partition 2`));
      assert.ok(took < 1_000, `${took} ms`);
      assert.equal((await answer({ filter: 'SHIPPED' })).status, 200);
    });
  });
}
