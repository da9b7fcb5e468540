const FOREVER = 32767;

/** "0+", "1-3", "2" or "none" as [from, to], or undefined. */
function range(text) {
  if (text === undefined || text === 'none') return undefined;
  const [from, to] = text.split('-');
  return [parseInt(from), text.endsWith('+') ? FOREVER : parseInt(to ?? from)];
}

/** What two ranges have in common, or undefined. */
export function common(a, b) {
  if (!a || !b) return undefined;
  const both = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
  return both[0] <= both[1] ? both : undefined;
}

const camel = (name) => name[0].toLowerCase() + name.slice(1);

function readFields(list, versions, structs, bigintFields) {
  const fields = [];
  for (const field of list) {
    const own = common(range(field.versions), versions);
    if (!own) continue; // only in versions that we don't use
    const [, array, base] = /^(\[\])?(.+)$/.exec(field.type);
    const nested = field.fields ?? structs.get(base);
    fields.push({
      name: camel(field.name),
      about: field.about,
      type: base === 'int64' && bigintFields.includes(field.name) ? 'bigint64' : base,
      isArray: array !== undefined,
      versions: own,
      nullable: common(range(field.nullableVersions), own),
      tagged: common(range(field.taggedVersions), own),
      tag: field.tag,
      notCompact: field.flexibleVersions === 'none',
      default: field.default,
      ignorable: field.ignorable === true,
      struct: nested && { name: base, versions: own, fields: readFields(nested, own, structs, bigintFields) },
    });
  }
  return fields;
}

/** A message definition by its name. They are JSON with comments on lines of their own. */
function load(files, name) {
  const file = files.get(`common/message/${name}.json`);
  if (!file) throw new Error(`the jar has no ${name}.json`);
  return JSON.parse(file.toString('utf8').replace(/^\s*\/\/.*$/gm, ''));
}

function message(json, versions, bigintFields) {
  const structs = new Map((json.commonStructs ?? []).map((struct) => [struct.name, struct.fields]));
  return { name: json.name, versions, fields: readFields(json.fields, versions, structs, bigintFields) };
}

/** A message that stands inside of other messages' bytes, in all its versions. */
export function readData(files, { name }, bigintFields) {
  const json = load(files, name);
  const [min, max] = range(json.validVersions);
  const flexibleFrom = range(json.flexibleVersions)?.[0] ?? FOREVER;
  return { name, min, max, flexibleFrom, data: message(json, [min, max], bigintFields) };
}

/**
 * One API out of Kafka's message definitions, cut to the versions that we use.
 * @param files content of common/message/*.json by file name
 * @param api entry of apis.mjs
 */
export function readApi(files, api, bigintFields) {
  const request = load(files, `${api.name}Request`);
  const response = load(files, `${api.name}Response`);
  const [min, max] = common(range(request.validVersions), [0, api.max ?? FOREVER]);
  return {
    name: api.name,
    isLong: api.isLong === true,
    key: request.apiKey,
    min,
    max,
    flexibleFrom: range(request.flexibleVersions)?.[0] ?? FOREVER,
    request: message(request, [min, max], bigintFields),
    response: message(response, [min, max], bigintFields),
  };
}
