import * as z from 'zod';
import { settingsSchema } from '../../core/settings';

const whole = (from: number, to: number) => z.int().min(from).max(to);
const entry = <S extends z.ZodType>(schema: S, fallback: z.infer<S>, allowed: string) => ({
  schema,
  fallback,
  allowed,
});

/**
 * Every setting below `localKafka.`: what it may be, what counts where it is wrong, and the words for it. Limits are those
 * of core's settings where the terminal has the setting too. `test/unit/manifest.test.ts` holds it against package.json.
 */
export const settingTable = {
  'kafka.port': entry(settingsSchema.shape.kafkaPort, 9092, 'a whole number from 0 to 65535'),
  'kafka.keepRunning': entry(settingsSchema.shape.keepRunning, false, 'true or false'),
  'kafka.startOnOpen': entry(z.enum(['never', 'active']), 'never', '"never" or "active"'),
  'java.home': entry(z.string(), '', 'a text'),
  'java.kafkaHome': entry(z.string(), '', 'a text'),
  'java.mirror': entry(z.string().regex(/^(https?:\/\/\S+)?$/), '', 'an http or https URL'),
  'api.enabled': entry(z.boolean(), true, 'true or false'),
  'api.port': entry(settingsSchema.shape.apiPort, 8000, 'a whole number from 0 to 65535'),
  'terminal.environment': entry(z.boolean(), true, 'true or false'),
  'views.refreshSeconds': entry(whole(0, 3600), 15, 'a whole number from 0 to 3600'),
  'topics.showInternal': entry(z.boolean(), false, 'true or false'),
  'topics.defaultPartitions': entry(whole(1, 10_000), 3, 'a whole number from 1 to 10000'),
  'statusBar.visible': entry(z.boolean(), true, 'true or false'),
  'messages.latestCount': entry(whole(1, 10_000), 100, 'a whole number from 1 to 10000'),
  'messages.isolation': entry(
    z.enum(['read_committed', 'read_uncommitted']),
    'read_committed',
    '"read_committed" or "read_uncommitted"',
  ),
  'messages.maxValueBytes': entry(whole(256, 1_048_576), 65_536, 'a whole number from 256 to 1048576'),
} as const;

export type SettingKey = keyof typeof settingTable;
export type SettingValue<K extends SettingKey> = z.infer<(typeof settingTable)[K]['schema']>;
