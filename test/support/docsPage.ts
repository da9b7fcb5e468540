import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

/** Reports what the page's policy refuses; the console tells most of it, but not all. */
const WATCH = `addEventListener('securitypolicyviolation', (event) =>
  console.error('CSP: ' + event.effectiveDirective + ' refused ' + event.blockedURI))`;

/** The page of GET /docs in a browser, and what went wrong in it. */
export class DocsPage {
  readonly page: Page;
  /** Errors and warnings of the console, refusals by the policy, and exceptions that nobody caught. */
  readonly problems: string[] = [];
  /** URLs of all requests, but for data: ones, which go nowhere. */
  readonly requests: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith('data:')) this.requests.push(request.url());
    });
  }

  /** Opens the page as the address bar would, and waits until its operations are there. */
  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<DocsPage> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    await context.addInitScript({ content: WATCH });
    const docs = new DocsPage(await context.newPage());
    await docs.page.goto(url);
    await docs.ready();
    return docs;
  }

  /** Leaves the page, and opens it again as at first: a reload would unfold the operation that the address names. */
  async reopen(url: string): Promise<void> {
    await this.page.goto('about:blank');
    await this.page.goto(url);
    await this.ready();
  }

  /** Waits until the operations are there. */
  async ready(): Promise<void> {
    await this.page.locator('.opblock').first().waitFor();
  }

  /** Gives the page the key, through its dialog. */
  async authorize(key: string): Promise<void> {
    await this.page.locator('.btn.authorize').click();
    const dialog = this.page.locator('.modal-ux');
    await dialog.locator('input').fill(key);
    await dialog.locator('button.authorize').click();
    await dialog.locator('.btn-done').click();
  }

  /** Opens an operation, unfolds "Try it out", fills its body in and sends it; resolves to the answer. */
  async tryOut(id: string, body?: string): Promise<{ status: string; operation: Locator }> {
    const operation = this.page.locator(`[id^=operations-][id$=-${id}]`);
    await operation.locator('.opblock-summary-control').click();
    await operation.locator('.try-out__btn').click();
    if (body !== undefined) await operation.locator('.body-param__text').fill(body);
    await operation.locator('.execute').click();
    const status = operation.locator('.live-responses-table tbody .response-col_status').first();
    await status.waitFor();
    return { status: (await status.innerText()).trim(), operation };
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
