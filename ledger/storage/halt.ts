import { Halt } from '#ledger/core/halt.ts';

/**
 * The halt of storage. Thrown when going on could lose or contradict what
 * was promised; the validator that meets it stops and never retries (a failed fsync may have dropped the very pages it reports on).
 */
export class StorageHalt extends Halt {
  override readonly name = 'StorageHalt';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space and start again',
  EDQUOT: 'the disk quota is used up; free some space and start again',
  EIO: 'the disk reported an input/output error; check the hardware before starting again',
  EROFS: 'the file system is read-only; mount it writable and start again',
  EACCES: 'permission is denied; the folder must belong to the user who runs the ledger',
  EPERM: 'permission is denied; the folder must belong to the user who runs the ledger',
  EMFILE: 'too many files are open; raise the limit (ulimit -n) and start again',
  ENOENT: 'it is missing',
  EISDIR: 'a folder stands where a file is expected',
  ENOTDIR: 'a file stands where a folder is expected',
};

/** Error code of a failed system call (ENOSPC, EIO, …), or 'UNKNOWN'. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

/** Names what could not be done and why, in one sentence; `what` is a phrase such as "Writing /path/file". */
export function haltFor(what: string, error: unknown): StorageHalt {
  if (error instanceof StorageHalt) return error;
  const code = errorCode(error);
  return new StorageHalt(`${what} failed (${code}): ${REASONS[code] ?? 'the operating system refused it'}.`);
}
