/** What a setting may be. Checked by hand: the schema library alone would be more code than the whole entry may have. */
export type SettingRule =
  | { readonly kind: 'boolean'; readonly fallback: boolean }
  | { readonly kind: 'integer'; readonly fallback: number; readonly from: number; readonly to: number }
  | { readonly kind: 'choice'; readonly fallback: string; readonly of: readonly string[] }
  | { readonly kind: 'text'; readonly fallback: string; readonly pattern?: RegExp };

const port = (fallback: number) => ({ kind: 'integer', fallback, from: 0, to: 65_535 }) as const;

/**
 * Every setting below `localKafka.`: what it may be, and what counts where it is wrong. `test/unit/manifest.test.ts` holds it
 * against package.json, and against core's settings where the terminal has the same one.
 */
export const settingTable = {
  'kafka.port': port(9092),
  'kafka.keepRunning': { kind: 'boolean', fallback: false },
  'kafka.startOnOpen': { kind: 'choice', fallback: 'never', of: ['never', 'active'] },
  'java.home': { kind: 'text', fallback: '' },
  'java.kafkaHome': { kind: 'text', fallback: '' },
  'java.mirror': { kind: 'text', fallback: '', pattern: /^(https?:\/\/\S+)?$/ },
  'api.enabled': { kind: 'boolean', fallback: true },
  'api.port': port(8000),
  'terminal.environment': { kind: 'boolean', fallback: true },
  'views.refreshSeconds': { kind: 'integer', fallback: 15, from: 0, to: 3600 },
  'topics.showInternal': { kind: 'boolean', fallback: false },
  'topics.defaultPartitions': { kind: 'integer', fallback: 3, from: 1, to: 10_000 },
  'statusBar.visible': { kind: 'boolean', fallback: true },
  'messages.latestCount': { kind: 'integer', fallback: 100, from: 1, to: 10_000 },
  'messages.isolation': {
    kind: 'choice',
    fallback: 'read_committed',
    of: ['read_committed', 'read_uncommitted'],
  },
  'messages.maxValueBytes': { kind: 'integer', fallback: 65_536, from: 256, to: 1_048_576 },
} as const satisfies Readonly<Record<string, SettingRule>>;

export type SettingKey = keyof typeof settingTable;

/** Type of a setting's value. */
export type SettingValue<K extends SettingKey> = (typeof settingTable)[K] extends infer R
  ? R extends { readonly kind: 'boolean' }
    ? boolean
    : R extends { readonly kind: 'integer' }
      ? number
      : R extends { readonly of: readonly (infer Choice)[] }
        ? Choice
        : string
  : never;

/** Whether a value keeps the rule. */
export function isAllowed(rule: SettingRule, value: unknown): boolean {
  switch (rule.kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value) && (value as number) >= rule.from && (value as number) <= rule.to;
    case 'choice':
      return rule.of.some((choice) => choice === value);
    case 'text':
      return typeof value === 'string' && (rule.pattern?.test(value) ?? true);
  }
}
