import * as z from 'zod';
import { KafkaManagerError } from '../contract/errors';
import { newProfileId, type SavedProfile, savedProfileSchema } from './savedProfile';

const EXPORT_FORMAT = 'local-kafka-manager/clusters';

const exportSchema = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(1),
  clusters: z.array(savedProfileSchema),
});

/** The profiles that are whole; a damaged one is left out, so that it can't hide the others. */
export function readableProfiles(stored: readonly unknown[]): readonly SavedProfile[] {
  return stored.flatMap((one) => {
    const parsed = savedProfileSchema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
}

/** @throws VALIDATION_ERROR with the place that is wrong */
export function checkProfile(profile: SavedProfile): SavedProfile {
  const parsed = savedProfileSchema.safeParse(profile);
  if (parsed.success) return parsed.data;
  throw new KafkaManagerError(
    'VALIDATION_ERROR',
    `The cluster can not be saved: ${firstIssue(parsed.error)}.`,
    {
      cause: parsed.error,
    },
  );
}

/** Profiles as a text for a file. */
export function exportText(clusters: readonly SavedProfile[]): string {
  return `${JSON.stringify({ format: EXPORT_FORMAT, version: 1, clusters }, null, 2)}\n`;
}

/**
 * Reads what exportText() made, and gives each cluster an id and a name that none of the existing ones has.
 * @throws VALIDATION_ERROR with the place that is wrong
 */
export function parseExport(text: string, existing: readonly SavedProfile[]): readonly SavedProfile[] {
  const ids = new Set(existing.map(({ id }) => id));
  const names = new Set(existing.map(({ name }) => name));
  return clustersOf(text).map((profile) => {
    const id = ids.has(profile.id) ? newProfileId(profile.name, ids) : profile.id;
    let name = profile.name;
    for (let n = 2; names.has(name); n++) name = `${profile.name} ${n}`;
    ids.add(id);
    names.add(name);
    return { ...profile, id, name };
  });
}

function clustersOf(text: string): readonly SavedProfile[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw notAnExport('it is not JSON', cause);
  }
  const parsed = exportSchema.safeParse(json);
  if (!parsed.success) throw notAnExport(firstIssue(parsed.error), parsed.error);
  return parsed.data.clusters;
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}

function notAnExport(why: string, cause: unknown): KafkaManagerError {
  return new KafkaManagerError('VALIDATION_ERROR', `This is no export of clusters: ${why}.`, {
    remedy: 'Choose a file that "Kafka: Export Clusters…" made.',
    cause,
  });
}
