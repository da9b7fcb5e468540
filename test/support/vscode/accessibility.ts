import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';

/**
 * Rules that VS Code's own widgets break wherever they are used, so that an extension can't mend it: a tree row's
 * accessible name is its tooltip or accessibilityInformation, whatever stands in the row.
 */
const OF_VSCODE = ['label-content-name-mismatch'];

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/** What axe looks at. */
export interface AxeScope {
  /** Selector of the parts that are ours; the whole page without it. */
  readonly within?: string;
  /** Selectors of VS Code's own parts inside of them. */
  readonly without?: readonly string[];
  /** More rules that VS Code's own widgets break, by id: each use says why. */
  readonly withoutRules?: readonly string[];
}

/**
 * Runs axe-core on a page or a frame of it and returns what it finds, a line for each element. It is evaluated by the
 * browser's debugger, so that the page's content security policy does not matter.
 */
export async function axeViolations(page: Page | Frame, scope: AxeScope = {}): Promise<string[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(`${source};0`);
  const context = { include: [[scope.within ?? 'html']], exclude: (scope.without ?? []).map((one) => [one]) };
  const rules = Object.fromEntries(
    [...OF_VSCODE, ...(scope.withoutRules ?? [])].map((id) => [id, { enabled: false }]),
  );
  const call = `axe.run(${JSON.stringify(context)}, ${JSON.stringify({ resultTypes: ['violations'], rules })})`;
  const violations = await page.evaluate<Violation[]>(`${call}.then(({ violations }) => violations)`);
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(
      (node) => `${id} (${impact}) at ${node.target.join(' ')}: ${node.failureSummary.replace(/\s+/g, ' ')}`,
    ),
  );
}

/** Fails with what axe finds. */
export async function assertAccessible(page: Page | Frame, scope: AxeScope = {}): Promise<void> {
  assert.deepEqual(await axeViolations(page, scope), []);
}
