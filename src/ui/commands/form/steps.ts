/** Where a step stands, for the title of its box: `(2/5)`. */
export interface StepPlace {
  readonly step: number;
  readonly totalSteps: number;
  /** Whether there is a step before it. */
  readonly canGoBack: boolean;
}

/** How it goes on after a step. */
export type StepResult<D> =
  | { readonly go: 'next'; readonly draft: D }
  /** To the step before; with a draft, what was typed here is kept. */
  | { readonly go: 'back'; readonly draft?: D }
  /** To another step, by its name. */
  | { readonly go: 'to'; readonly step: string };

/** One box of a series. */
export interface Step<D> {
  readonly name: string;
  /** Whether it is asked at all, by what is known so far. */
  readonly applies: (draft: D) => boolean;
  readonly ask: (draft: D, place: StepPlace) => Promise<StepResult<D>>;
}

/**
 * Asks the steps that apply, one after the other; one can go back, and finds what was answered.
 * @throws Cancelled as a step does
 */
export async function runSteps<D>(first: D, steps: readonly Step<D>[]): Promise<D> {
  let draft = first;
  let index = nextStep(steps, draft, 0);
  for (let step = steps[index]; step; step = steps[index]) {
    const applying = steps.filter((one) => one.applies(draft));
    const place = {
      step: applying.indexOf(step) + 1,
      totalSteps: applying.length,
      canGoBack: step !== applying[0],
    };
    const result = await step.ask(draft, place);
    if (result.go === 'next') {
      ({ draft } = result);
      index = nextStep(steps, draft, index + 1);
    } else {
      if (result.go === 'back') draft = result.draft ?? draft;
      const target =
        result.go === 'back' ? applying[applying.indexOf(step) - 1] : byName(applying, result.step);
      if (target) index = steps.indexOf(target);
    }
  }
  return draft;
}

function nextStep<D>(steps: readonly Step<D>[], draft: D, from: number): number {
  const found = steps.findIndex((step, at) => at >= from && step.applies(draft));
  return found === -1 ? steps.length : found;
}

function byName<D>(steps: readonly Step<D>[], name: string): Step<D> | undefined {
  return steps.find((step) => step.name === name);
}
