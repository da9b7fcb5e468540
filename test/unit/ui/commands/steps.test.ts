import assert from 'node:assert/strict';
import { runSteps, type Step, type StepPlace, type StepResult } from '../../../../src/ui/commands/form/steps';

type Draft = Readonly<Record<string, string>>;

/** Steps named by letters, whose answers come from a list; what was asked is kept as `name step/total`. */
function scripted(
  answers: readonly (string | StepResult<Draft>)[],
  skip: (name: string, draft: Draft) => boolean,
) {
  const asked: string[] = [];
  const left = [...answers];
  const step = (name: string): Step<Draft> => ({
    name,
    applies: (draft) => !skip(name, draft),
    ask: (draft, { step: at, totalSteps, canGoBack }: StepPlace) => {
      asked.push(`${name} ${at}/${totalSteps}${canGoBack ? ' back' : ''} ${draft[name] ?? ''}`.trim());
      const next = left.shift();
      assert.ok(next !== undefined, `an answer for ${name}`);
      return Promise.resolve(
        typeof next === 'string' ? { go: 'next', draft: { ...draft, [name]: next } } : next,
      );
    },
  });
  return { asked, steps: ['a', 'b', 'c'].map(step) };
}

describe('runSteps', () => {
  it('asks one after the other, and leaves out what does not apply', async () => {
    const { asked, steps } = scripted(['1', '3'], (name, draft) => name === 'b' && draft['a'] === '1');
    assert.deepEqual(await runSteps({}, steps), { a: '1', c: '3' });
    assert.deepEqual(asked, ['a 1/3', 'c 2/2 back']);
  });

  it('goes back to what was asked before, with what was answered', async () => {
    const { asked, steps } = scripted(['1', { go: 'back' }, '2', '3', '4'], () => false);
    assert.deepEqual(await runSteps({}, steps), { a: '2', b: '3', c: '4' });
    assert.deepEqual(asked, ['a 1/3', 'b 2/3 back', 'a 1/3 1', 'b 2/3 back', 'c 3/3 back']);
  });

  it('keeps what was typed in the step that one goes back from', async () => {
    const { asked, steps } = scripted(
      ['1', { go: 'back', draft: { a: '1', b: 'half' } }, '2', '3', '4'],
      () => false,
    );
    assert.deepEqual(await runSteps({}, steps), { a: '2', b: '3', c: '4' });
    assert.deepEqual(asked.slice(2), ['a 1/3 1', 'b 2/3 back half', 'c 3/3 back']);
  });

  it('goes to a named step; one that does not apply is asked for in vain', async () => {
    const { asked, steps } = scripted(
      ['1', '2', { go: 'to', step: 'nowhere' }, { go: 'to', step: 'a' }, '4', '5', '6'],
      () => false,
    );
    assert.deepEqual(await runSteps({}, steps), { a: '4', b: '5', c: '6' });
    assert.deepEqual(asked.slice(3), ['c 3/3 back', 'a 1/3 1', 'b 2/3 back 2', 'c 3/3 back']);
  });
});
