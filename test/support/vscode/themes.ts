import { THEMES } from './quietSettings';
import type { ThemeKind } from './quietSettings';
import type { Workbench } from './workbench';

/** What the theme picker calls them; some have a `Default` in front. */
const PICKER_LABEL: Readonly<Record<ThemeKind, string>> = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  hcDark: 'Dark High Contrast',
  hcLight: 'Light High Contrast',
};

/** The four kinds of theme, in the order of pictures. */
export const THEME_KINDS: readonly ThemeKind[] = ['dark', 'light', 'hcDark', 'hcLight'];

/** The window's colour theme. */
export class Themes {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** The kind of theme that is shown. */
  async current(): Promise<ThemeKind> {
    const classes =
      (await this.#workbench.page.locator('.monaco-workbench').first().getAttribute('class')) ?? '';
    const list = classes.split(' ');
    const kind = THEME_KINDS.find((one) => list.includes(THEMES[one].bodyClass));
    if (kind === undefined) throw new Error(`no known theme among the workbench's classes: ${classes}`);
    return kind;
  }

  /** Chooses a theme in the picker, which is quicker than a reload with other settings. */
  async use(kind: ThemeKind): Promise<void> {
    const { page, quickInput } = this.#workbench;
    const box = quickInput.widget.getByPlaceholder(/Color Theme/);
    for (let attempt = 1; ; attempt++) {
      await this.#workbench.palette('Preferences: Color Theme');
      try {
        // The list is opened at the current theme, and only what it is scrolled to is in the page: type first.
        await box.fill(PICKER_LABEL[kind], { timeout: 4000 });
        break;
      } catch (error) {
        if (attempt === 4) throw error; // Something that takes the focus late closes the picker.
      }
    }
    const label = page.locator('.label-name', { hasText: new RegExp(`^(Default )?${PICKER_LABEL[kind]}$`) });
    await quickInput.rows.filter({ has: label }).first().click();
    await quickInput.waitClosed();
    await page.locator(`.monaco-workbench.${THEMES[kind].bodyClass}`).waitFor();
  }
}

/** Does something in each of the four themes: pictures, axe. The last one stays. */
export async function inEachTheme(
  workbench: Workbench,
  look: (kind: ThemeKind) => Promise<void>,
): Promise<void> {
  for (const kind of THEME_KINDS) {
    await workbench.themes.use(kind);
    await look(kind);
  }
}
