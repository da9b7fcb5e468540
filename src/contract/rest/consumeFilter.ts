import * as z from 'zod';
import { booleanParam } from './fields';

const FIELD = '(?:key|value|headers)';

/** Query parameters of GET /consume that choose records by what is in them; several together have to hold all. */
export const filterParams = {
  filter: z.string().min(1).max(1_000).optional().meta({
    description: 'Only records whose key or value holds this text, byte for byte.',
  }),
  filter_regex: z
    .string()
    .min(1)
    .max(1_000)
    .optional()
    .meta({
      description:
        'Only records whose key or value matches this JavaScript regular expression as UTF-8 text; ^ and $ are the ends ' +
        'of the field. One that takes unreasonably long for a record ends the read with FILTER_TOO_SLOW.',
      example: '^order-\\d+$',
    }),
  filter_regex_flags: z
    .string()
    .regex(/^[imsuv]{1,5}$/, 'must be some of i, m, s, u and v')
    .optional()
    .meta({ description: 'Flags of filter_regex.' }),
  filter_ignore_case: booleanParam.optional().meta({
    description:
      'true: filter and filter_regex take upper and lower case alike. For an ASCII text in `filter` these are the ' +
      'letters A to Z, for any other all of Unicode (lower case of both).',
  }),
  filter_fields: z
    .string()
    .regex(new RegExp(`^${FIELD}(?:,${FIELD}){0,2}$`), 'must be some of key, value and headers, with commas')
    .optional()
    .meta({
      description: 'Where filter and filter_regex look; key and value where left out.',
      example: 'value,headers',
    }),
  filter_header: z.string().max(1_000).optional().meta({
    description: 'Only records with a header of this key.',
  }),
  filter_header_value: z.string().max(1_000).optional().meta({
    description: 'The header of filter_header has to have this value too, byte for byte.',
  }),
  filter_jsonpath: z.string().min(1).max(1_000).optional().meta({
    description: 'Only records whose value is JSON in which this path (RFC 9535) selects something.',
    example: '$.items[?@.price > 100]',
  }),
  filter_expression: z
    .string()
    .min(1)
    .max(4_000)
    .optional()
    .meta({
      description:
        'Only records for which this expression in CEL, the Common Expression Language, is true. It knows record.key and ' +
        'record.value (JSON where they are JSON, else text, else bytes), record.keyAsText, record.valueAsText, ' +
        'record.headers (texts by key, the last one of a key), record.partition, record.offset and record.timestampMs. ' +
        'A record for which it can not be evaluated does not count.',
      example: 'record.value.total > 100 && record.partition == 0',
    }),
};
