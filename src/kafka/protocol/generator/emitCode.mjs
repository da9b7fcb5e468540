import { defaultOf, fieldType, isOptional } from './emitTypes.mjs';

/** Condition for `version` to lie in `inner`, given that it lies in `outer`; '' where that is always so. */
function within(inner, outer) {
  const parts = [];
  if (inner[0] > outer[0]) parts.push(`version >= ${inner[0]}`);
  if (inner[1] < outer[1]) parts.push(`version <= ${inner[1]}`);
  return parts.join(' && ');
}

/** Source text that says whether the version at hand is flexible, for a struct that lives in `versions`. */
function flexibility(api, versions) {
  if (api.flexibleFrom <= versions[0]) return 'true';
  return api.flexibleFrom > versions[1] ? 'false' : 'flexible';
}

const method = (field) => (field.type === 'records' ? 'bytes' : field.type);
const hasLength = (field) => ['string', 'bytes', 'records'].includes(field.type);
const cap = (name) => name[0].toUpperCase() + name.slice(1);

function helper(kind, name, parameters, result, lines, api) {
  const body = lines.join('\n');
  const flexible = /\bflexible\b/.test(body) ? `const flexible = version >= ${api.flexibleFrom};\n` : '';
  const version = /\bversion\b/.test(flexible + body) ? ', version: number' : '';
  return {
    text: `function ${kind}${name}(${parameters}${version}): ${result} {\n${flexible}${body}\n}\n`,
    call: version === '' ? '' : ', version',
  };
}

/** Emits the readers and writers of one API's structs. A struct must come after those that it contains. */
export class Emitter {
  #api;
  #helpers = new Map();

  constructor(api) {
    this.#api = api;
  }

  reader(struct) {
    const flexible = flexibility(this.#api, struct.versions);
    const lines = [];
    const tagged = struct.fields.filter((field) => field.tagged);
    for (const field of struct.fields) {
      if (field.tagged) {
        lines.push(`let ${field.name}: ${fieldType(field, false)} = ${defaultOf(field)};`);
        continue;
      }
      const condition = within(field.versions, struct.versions);
      const value = this.#read(field, flexible, struct);
      lines.push(
        `const ${field.name} = ${condition ? `${condition} ? ${value} : ${defaultOf(field)}` : value};`,
      );
    }
    if (flexible !== 'false') {
      const cases = tagged.map(
        (f) => `case ${f.tag}: ${f.name} = ${this.#read(f, 'true', struct)}; return true;`,
      );
      const read = tagged.length
        ? `r.tags((tag) => { switch (tag) { ${cases.join('\n')} default: return false; } });`
        : 'r.skipTags();';
      lines.push(flexible === 'true' ? read : `if (flexible) ${read}`);
    }
    lines.push(`return { ${struct.fields.map((field) => field.name).join(', ')} };`);
    const made = helper('read', struct.name, 'r: WireReader', struct.name, lines, this.#api);
    this.#helpers.set(struct.name, made);
    return made.text;
  }

  /** The reader of a whole message once more, for long ones: the structs of its arrays are read in turns. */
  readerInTurns(struct) {
    const parameters = 'r: WireReader, version: number';
    return this.reader(struct)
      .replace(
        `function read${struct.name}(${parameters}): ${struct.name}`,
        `async function read${struct.name}InTurns(${parameters}, turn: Turn): Promise<${struct.name}>`,
      )
      .replace(
        /^(const .*)r\.(array|nullableArray)\((.*, read\w+), version\)/gm,
        '$1await r.$2InTurns($3, version, turn)',
      );
  }

  #read(field, flexible, struct) {
    const compact = field.notCompact ? 'false' : flexible;
    const nullable = field.nullable ? 'nullable' : '';
    const name = (base) => (nullable ? `nullable${cap(base)}` : base);
    if (field.isArray) {
      const one = field.struct
        ? `read${field.struct.name}`
        : `(r) => r.${method(field)}(${hasLength(field) ? compact : ''})`;
      return `r.${name('array')}(${compact}, ${one}, version)`;
    }
    if (field.struct) {
      const call = `read${field.struct.name}(r${this.#helpers.get(field.struct.name).call})`;
      if (!field.nullable) return call;
      const condition = within(field.nullable, struct.versions);
      return `${condition ? `${condition} && ` : ''}r.isNullStruct() ? null : ${call}`;
    }
    return hasLength(field) ? `r.${name(method(field))}(${compact})` : `r.${method(field)}()`;
  }

  writer(struct) {
    const flexible = flexibility(this.#api, struct.versions);
    const lines = [];
    for (const field of struct.fields.filter((f) => !f.tagged))
      lines.push(this.#writeField(field, flexible, struct));
    const tagged = struct.fields.filter((field) => field.tagged);
    if (flexible !== 'false') {
      const fields = tagged.map(
        (f) =>
          `${this.#isSet(f)} ? [${f.tag}, (w) => { ${this.#write(f, this.#value(f, struct), 'true', struct)} }] : undefined`,
      );
      const write = tagged.length ? `w.tags([${fields.join(', ')}]);` : 'w.noTags();';
      lines.push(flexible === 'true' ? write : `if (flexible) ${write}`);
    }
    for (const field of tagged.filter((f) => !f.ignorable)) {
      const condition = within(field.tagged, struct.versions);
      if (condition)
        lines.push(
          `if (!(${condition}) && ${this.#isSet(field)}) throw ${this.#error('absentField', field, struct)};`,
        );
    }
    const made = helper('write', struct.name, `w: WireWriter, o: ${struct.name}`, 'void', lines, this.#api);
    this.#helpers.set(struct.name, made);
    return made.text;
  }

  #writeField(field, flexible, struct) {
    const nullCheck = field.nullable ? within(field.nullable, field.versions) : '';
    const refuse = nullCheck
      ? `if (o.${field.name} === null && !(${nullCheck})) throw ${this.#error('nullField', field, struct)};\n`
      : '';
    const write = `${refuse}${this.#write(field, this.#value(field, struct), flexible, struct)}`;
    const condition = within(field.versions, struct.versions);
    if (!condition) return write;
    const otherwise = field.ignorable
      ? ''
      : ` else if (${this.#isSet(field)}) { throw ${this.#error('absentField', field, struct)}; }`;
    return `if (${condition}) { ${write} }${otherwise}`;
  }

  /** What is written for a field: its value, or the default where it was left out. */
  #value(field, struct) {
    const value = `o.${field.name}`;
    if (!isOptional(field, struct)) return value;
    const fallback = defaultOf(field);
    return field.nullable && fallback !== 'null'
      ? `${value} === undefined ? ${fallback} : ${value}`
      : `${value} ?? ${fallback}`;
  }

  #write(field, value, flexible, struct) {
    const compact = field.notCompact ? 'false' : flexible;
    const name = (base) => (field.nullable ? `nullable${cap(base)}` : base);
    if (field.isArray) {
      const length = hasLength(field) ? `${compact}, ` : '';
      const one = field.struct ? `write${field.struct.name}` : `(w, one) => w.${method(field)}(${length}one)`;
      return `w.${name('array')}(${compact}, ${value}, ${one}, version);`;
    }
    if (field.struct) {
      const call = (of) => `write${field.struct.name}(w, ${of}${this.#helpers.get(field.struct.name).call});`;
      if (!field.nullable) return call(value);
      const condition = within(field.nullable, struct.versions);
      const mark = `${condition ? `if (${condition}) ` : ''}w.nullStruct(one === null);`;
      return `{ const one = ${value}; ${mark} if (one !== null) ${call('one')} }`;
    }
    return `w.${hasLength(field) ? name(method(field)) : method(field)}(${hasLength(field) ? `${compact}, ` : ''}${value});`;
  }

  /** Condition for a field to say something that is not its default. */
  #isSet(field) {
    const value = `o.${field.name}`;
    const fallback = defaultOf(field);
    if (fallback === 'null') return `${value} !== undefined && ${value} !== null`;
    if (field.isArray || hasLength(field))
      return `${value} !== undefined && ${value}${field.nullable ? '?' : ''}.length !== 0`;
    if (field.type === 'bool') return `${value} === ${fallback === 'true' ? 'false' : 'true'}`;
    return field.struct ? `${value} !== undefined` : `${value} !== undefined && ${value} !== ${fallback}`;
  }

  #error(kind, field, struct) {
    return `${kind}('${struct.name}.${field.name}', version)`;
  }
}
