import { statfs } from 'node:fs/promises';
import { KafkaManagerError } from '../../../contract/errors';

/**
 * Refuses what will not fit. A file system that doesn't tell its free space is given the benefit of the doubt.
 * @throws DOWNLOAD_FAILED with `neededBytes` and `freeBytes`
 */
export async function requireSpace(folder: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free !== undefined && free < neededBytes) throw diskFull(folder, neededBytes, free);
}

/** The error for ENOSPC, with what is free now; any other error as it is. */
export async function explainFullDisk(error: unknown, folder: string, neededBytes: number): Promise<unknown> {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') return error;
  return diskFull(folder, neededBytes, (await freeBytes(folder)) ?? 0, error);
}

async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function diskFull(folder: string, neededBytes: number, free: number, cause?: unknown): KafkaManagerError {
  return new KafkaManagerError(
    'DOWNLOAD_FAILED',
    `The disk is too full to download Kafka: ${megabytes(neededBytes)} are needed in ${folder}, ${megabytes(free)} are free.`,
    {
      remedy: 'Free some space on that disk and start again; what was downloaded so far is kept.',
      details: { folder, neededBytes, freeBytes: free },
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
