import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from './fault.mjs';

const MIB = 1024 ** 2;

/** Throws a sentence when the disk that holds `folder` (or will hold it) has less than `bytesMin` free. */
export function requireFreeBytes(folder, bytesMin, whatFor) {
  let place = folder;
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  if (free >= bytesMin) return;
  throw new Fault(
    `The disk of ${place} is nearly full: ${Math.floor(free / MIB)} MB are free and ${whatFor} need${whatFor.endsWith('s') ? '' : 's'} ${Math.ceil(bytesMin / MIB)} MB. Free some space and start again.`,
  );
}
