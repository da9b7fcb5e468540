import assert from 'node:assert/strict';
import { MessagesApi } from '../../support/messagesApi';

describe('REST API: filters of consume', () => {
  let api: MessagesApi;
  beforeEach(async () => {
    api = await MessagesApi.start();
  });
  afterEach(() => api.dispose());

  it('chooses records by text, pattern, header, path and expression, and by all of them', async () => {
    await api.produce({ key: 'Order-1', value: '{"total":50}', headers: [['trace', 'a:b=c']] });
    await api.produce({
      key: 'order-2',
      value: '{"total":150,"note":"Größe"}',
      headers: [['trace', null]],
    });
    await api.produce({ value: 'no JSON', headers: [['order-3', '']] });
    const keys = async (parameters: Record<string, string>) =>
      (await api.consume(new URLSearchParams({ topic: 't', ...parameters }).toString())).records.map(
        ({ offset }) => offset,
      );
    const cases: [Record<string, string>, number[]][] = [
      [{ filter: 'order-' }, [1]],
      [{ filter: 'order-', filter_ignore_case: 'false' }, [1]],
      [{ filter: 'ORDER-', filter_ignore_case: 'true' }, [0, 1]],
      [{ filter: 'GRÖSSE', filter_ignore_case: 'true' }, []],
      [{ filter: 'GRÖẞE', filter_ignore_case: 'true' }, [1]],
      [{ filter: 'order-', filter_fields: 'value,headers' }, [2]],
      [{ filter: 'order-', filter_fields: 'headers,key' }, [1, 2]],
      [{ filter_regex: '^order-\\d$' }, [1]],
      [{ filter_regex: '^order-\\d$', filter_ignore_case: 'true' }, [0, 1]],
      [{ filter_regex: '^order-\\d$', filter_regex_flags: 'i', filter_ignore_case: 'true' }, [0, 1]],
      [{ filter_regex: '\\p{Lu}', filter_regex_flags: 'u', filter_fields: 'value' }, [1, 2]],
      [{ filter_header: 'trace' }, [0, 1]],
      [{ filter_header: 'trace', filter_header_value: 'a:b=c' }, [0]],
      [{ filter_header: 'order-3', filter_header_value: '' }, [2]],
      [{ filter_jsonpath: '$[?@ > 100]' }, [1]],
      [{ filter_jsonpath: '$.total' }, [0, 1]],
      [{ filter_expression: 'record.value.total < 100 || record.offset == 2' }, [0, 2]],
      [{ filter_jsonpath: '$.total', filter_header: 'trace', filter_regex: '2$' }, [1]],
      [{ filter: 'total', filter_expression: 'record.value.total == 1' }, []],
    ];
    for (const [parameters, expected] of cases) {
      assert.deepEqual(await keys(parameters), expected, JSON.stringify(parameters));
    }
  });

  it('says what is wrong with a filter, before anything is read', async () => {
    await api.produce({ value: `${'a'.repeat(40)}b` });
    const cases: [Record<string, string>, string, RegExp][] = [
      [{ filter_regex: '(' }, 'VALIDATION_ERROR', /Unterminated group/],
      [{ filter_regex: 'a', filter_regex_flags: 'g' }, 'VALIDATION_ERROR', /filter_regex_flags/],
      [{ filter_regex: 'a', filter_regex_flags: 'uv' }, 'VALIDATION_ERROR', /flags/],
      [{ filter_jsonpath: 'total' }, 'VALIDATION_ERROR', /expected '\$'/],
      [{ filter_expression: 'record.value >' }, 'VALIDATION_ERROR', /at character 15/],
      [{ filter_expression: 'topic == "t"' }, 'VALIDATION_ERROR', /topic, at character 1\./],
      [{ filter_ignore_case: 'true' }, 'VALIDATION_ERROR', /"filter_ignore_case" means nothing without/],
      [{ filter_ignore_case: 'yes', filter: 'a' }, 'VALIDATION_ERROR', /filter_ignore_case/],
      [{ filter_fields: 'key' }, 'VALIDATION_ERROR', /without "filter" or "filter_regex"/],
      [{ filter_fields: 'offset', filter: 'a' }, 'VALIDATION_ERROR', /filter_fields/],
      [{ filter_header_value: 'x' }, 'VALIDATION_ERROR', /without "filter_header"/],
      [{ filter_regex: '^(a+)+$' }, 'FILTER_TOO_SLOW', /offset 0 of partition 0/],
    ];
    for (const [parameters, code, message] of cases) {
      const query = new URLSearchParams({ topic: 't', ...parameters }).toString();
      const response = await api.app.request(`/consume?${query}`);
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      assert.deepEqual([response.status, error.code], [422, code], query);
      assert.match(error.message, message, query);
    }
  });
});
