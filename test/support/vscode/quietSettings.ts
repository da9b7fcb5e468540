/** The four kinds of colour theme that the product has to look right in. */
export type ThemeKind = 'dark' | 'light' | 'hcDark' | 'hcLight';

/** VS Code's own theme of each kind: the id in settings, and the body class of the workbench that shows it. */
export const THEMES: Readonly<Record<ThemeKind, { readonly id: string; readonly bodyClass: string }>> = {
  dark: { id: 'Dark Modern', bodyClass: 'vs-dark' },
  light: { id: 'Light Modern', bodyClass: 'vs' },
  hcDark: { id: 'Default High Contrast', bodyClass: 'hc-black' },
  hcLight: { id: 'Default High Contrast Light', bodyClass: 'hc-light' },
};

/** Values of settings.json by their full names. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * Settings of every test server: nothing of VS Code that asks, hints, animates or calls out. The terminal is a plain
 * bash, whose start does not depend on the rc files of the machine, painted as DOM so that its text can be read.
 */
export const QUIET_SETTINGS: Settings = {
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'chat.titleBar.signIn.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  // Its toasts fill the three places that there are.
  'remote.autoForwardPorts': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'terminal.integrated.defaultProfile.linux': 'plain',
  'terminal.integrated.gpuAcceleration': 'off',
  'terminal.integrated.profiles.linux': { plain: { path: '/bin/bash', args: ['--noprofile', '--norc'] } },
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'workbench.colorTheme': THEMES.dark.id,
  'workbench.editor.useModal': 'off',
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.experimentalOnboarding': false,
};
