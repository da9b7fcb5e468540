import type { Locator } from 'playwright-core';
import { until } from '../until';
import { DeadlinesMs } from './deadlines';

/** A row may go while it is read; then the list is read anew. */
const ROW_MS = 1000;

/** A text of the page as it is read: VS Code paints blanks as no-break spaces. */
export function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ').trim();
}

/** What an element shows. */
export async function shownText(element: Locator): Promise<string> {
  return plain(await element.innerText());
}

/** A row of a VS Code list or tree. */
export interface ShownRow {
  readonly label: string;
  /** From 1, in a tree. */
  readonly level: number;
}

/**
 * The rows of a VS Code list that are in the page, from the top: in the page they stand in the order they were made in.
 * @param label selector of the label in a row
 */
export async function shownRows(rows: Locator, label: string): Promise<ShownRow[]> {
  const timeout = ROW_MS;
  const read = async (row: Locator) => ({
    index: Number(await row.getAttribute('data-index', { timeout })),
    level: Number(await row.getAttribute('aria-level', { timeout })),
    label: plain(await row.locator(label).first().innerText({ timeout })),
  });
  const found = await until(async () => Promise.all((await rows.all()).map(read)), {
    deadlineMs: DeadlinesMs.action,
    what: 'the rows of a list to be read',
  });
  return found.sort((a, b) => a.index - b.index);
}
