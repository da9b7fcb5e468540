/** Structs of a message, the innermost first, each once. */
export function structsOf(struct, found = new Map()) {
  for (const field of struct.fields) if (field.struct) structsOf(field.struct, found);
  found.set(struct.name, struct);
  return found;
}

const primitive = {
  bool: 'boolean',
  int8: 'number',
  int16: 'number',
  int32: 'number',
  int64: 'number',
  bigint64: 'bigint',
  string: 'string',
  uuid: 'string',
  bytes: 'Uint8Array',
  records: 'Uint8Array',
};

/** The TypeScript type of one element of a field. */
function elementType(field, isRequest) {
  if (field.struct) return field.struct.name;
  const type = primitive[field.type];
  if (!type) throw new Error(`${field.name}: the wire classes have no ${field.type} yet`);
  return type === 'Uint8Array' && !isRequest ? 'Buffer' : type;
}

export function fieldType(field, isRequest) {
  const one = elementType(field, isRequest);
  return `${field.isArray ? `readonly ${one}[]` : one}${field.nullable ? ' | null' : ''}`;
}

/** A request field may be left out where it has a default of its own, or where some version lacks it. */
export function isOptional(field, struct) {
  const [from, to] = struct.versions;
  return (
    field.default !== undefined ||
    field.tagged !== undefined ||
    field.versions[0] > from ||
    field.versions[1] < to
  );
}

/** The value of a field that is not there, as source text. */
export function defaultOf(field) {
  const given = field.default;
  if (given === 'null') return 'null';
  if (field.isArray) return '[]';
  if (field.struct) return `{ ${field.struct.fields.map((f) => `${f.name}: ${defaultOf(f)}`).join(', ')} }`;
  switch (field.type) {
    case 'bool':
      return String(given ?? false);
    case 'string':
      return `'${given ?? ''}'`;
    case 'uuid':
      return "'AAAAAAAAAAAAAAAAAAAAAA'";
    case 'bytes':
    case 'records':
      return 'Buffer.alloc(0)';
    case 'bigint64':
      return `${given ?? 0}n`;
    default:
      return String(Number(given ?? 0));
  }
}

/** First sentence of Kafka's description, as a doc comment. */
function doc(field) {
  if (!field.about) return '';
  const [sentence] = field.about
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(?<=\.)\s/);
  const lines = [''];
  for (const word of sentence.replaceAll('*/', '* /').split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > 98) lines.push(word);
    else lines[lines.length - 1] = `${lines.at(-1)} ${word}`.trim();
  }
  return lines.length === 1
    ? `/** ${lines[0]} */\n`
    : `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`;
}

export function emitInterface(struct, isRequest) {
  const fields = struct.fields.map((field) => {
    const mark = isRequest && isOptional(field, struct) ? '?' : '';
    return `${doc(field)}readonly ${field.name}${mark}: ${fieldType(field, isRequest)};`;
  });
  return `export interface ${struct.name} {\n${fields.join('\n')}\n}\n`;
}
