/** A word that one record in 11,111 has (450 of 5 M), one that every fourth has, and one that none has. */
export const rareWord = 'QZXKWJAB';
export const frequentWord = 'amber';
export const absentWord = 'QZXKWJAC';

/** Length of a record's value in bytes, without the line feed behind it. */
export const valueBytes = 200;

const rareEvery = 11_111;
const lineBytes = valueBytes + 1;
const linesPerChunk = 5_000;
const numberAt = '{"id":"'.length;
const rareAt = 120;
const words =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega'.split(
    ' ',
  );

/** Lines of 200 bytes of JSON in chunks, the same in every run: numbered, and otherwise repeating after 5,000. */
export function* benchLines(count: number): Generator<Buffer, void, undefined> {
  const templates = Buffer.from(
    Array.from({ length: linesPerChunk }, (_, i) => template(i)).join(''),
    'latin1',
  );
  for (let first = 0; first < count; first += linesPerChunk) {
    const lines = Math.min(linesPerChunk, count - first);
    const chunk = Buffer.from(templates.subarray(0, lines * lineBytes));
    for (let i = 0; i < lines; i++) {
      const number = first + i;
      chunk.write(String(number).padStart(10, '0'), i * lineBytes + numberAt, 'latin1');
      if (number % rareEvery === rareEvery - 1) chunk.write(rareWord, i * lineBytes + rareAt, 'latin1');
    }
    yield chunk;
  }
}

function template(index: number): string {
  // A small linear congruential generator: the data must not differ from run to run.
  let state = index + 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let text = `{"id":"0000000000","kind":"${index % 4 === 0 ? frequentWord : 'cobalt'}","note":"`;
  while (text.length < valueBytes) text += `${words[random(words.length)] ?? ''}${random(100)} `;
  return `${text.slice(0, valueBytes - 2)}"}\n`;
}
