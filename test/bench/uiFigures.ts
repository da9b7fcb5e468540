import { figure } from './figures';
import type { HostWatch } from './hostProbe';

/** Longest that the extension host's event loop is to be held up, ms. */
const loopGoal = '<=20';

/** Values of several rounds by the name of the figure, in the order in which they came first. */
export class UiFigures {
  readonly #prefix: string;
  readonly #values = new Map<string, { readonly values: number[]; readonly goal: string }>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Adds a value in ms. */
  add(name: string, ms: number, goal = ''): void {
    const known = this.#values.get(name);
    if (known) known.values.push(ms);
    else this.#values.set(name, { values: [ms], goal });
  }

  /** Adds what the event loop did meanwhile. */
  addLoop(name: string, { loopMaxMs, loopMaxCpuMs }: HostWatch): void {
    this.add(`${name}/loop-max`, loopMaxMs, loopGoal);
    this.add(`${name}/loop-max-cpu`, loopMaxCpuMs, loopGoal);
  }

  print(): void {
    for (const [name, { values, goal }] of this.#values) {
      figure(`${this.#prefix}/${name}`, values, 'ms', goal);
    }
  }
}
