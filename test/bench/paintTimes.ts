import type { Page } from 'playwright-core';

/** A row of a tree view: the view's title, and a text that the row is to hold. */
export interface WantedRow {
  readonly view: string;
  readonly text: string;
}

/**
 * ms from a key or a press of the mouse until rows are painted, taken in the page: no time of the benchmark's own counts.
 * @param event what the work begins with; the last before the rows are there counts
 */
export async function untilPainted(
  page: Page,
  event: 'mousedown' | 'keydown',
  rows: readonly WantedRow[],
  work: () => Promise<unknown>,
): Promise<number> {
  // A text, since this project has no types of the DOM.
  await page.evaluate(`void (globalThis.untilPainted = new Promise((resolve, reject) => {
    let began;
    const start = (event) => { began = event.timeStamp; };
    addEventListener('${event}', start, true);
    const isThere = ({ view, text }) => [...document.querySelectorAll('.part.sidebar .pane')]
      .filter((pane) => pane.querySelector('.pane-header .title')?.textContent === view)
      .some((pane) => [...pane.querySelectorAll('.monaco-list-row')]
        .some((row) => row.textContent.replaceAll('\\u00a0', ' ').includes(text)));
    const deadline = performance.now() + 20000;
    const look = () => {
      if (began !== undefined && ${JSON.stringify(rows)}.every(isThere)) {
        requestAnimationFrame(() => {
          removeEventListener('${event}', start, true);
          resolve(performance.now() - began);
        });
      } else if (performance.now() > deadline) reject(new Error('not painted: ' + ${JSON.stringify(JSON.stringify(rows))}));
      else requestAnimationFrame(look);
    };
    look();
  }))`);
  await work();
  return page.evaluate<number>('globalThis.untilPainted');
}
