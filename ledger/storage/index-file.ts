import { join } from 'node:path';
import { concat, equal } from '#ledger/core/bytes.ts';
import { decode, encode, listOf, type CborValue } from '#ledger/core/codec.ts';
import type { Disk } from './disk.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import { createHeightIndex, type HeightIndex, type IndexParts } from './height-index.ts';

/*
 * What a start would otherwise learn from every record of the journal up to a block: where each height's block stands, which height holds
 * a transaction, which blocks changed the validators.
 * Crash rules: derived data, written beside the journal without a sync. A file that is torn, missing, or not of this journal costs the next
 * start the time to read everything, and nothing else: whoever resumes from it checks that the record it names is the block it names.
 */
const NAME = 'journal.index';
const PART_BYTES = 8 << 20;
const BYTES_MAX = 2 ** 31;

export interface Resume {
  /** The last block that the index knows, and the record of the journal that decided it. */
  readonly height: bigint;
  readonly sequence: number;
  /** Heights whose block changed the validators. */
  readonly changes: readonly bigint[];
  readonly index: HeightIndex;
}

interface Place {
  readonly disk: Disk;
  readonly folder: string;
  /** Genesis hash. */
  readonly network: Uint8Array;
  readonly baseHeight?: bigint;
}

export function saveIndex({ disk, folder, network, baseHeight = 0n }: Place, resume: Resume): void {
  const { segments, records, contents, logSizes, prefixes, heights, count } = resume.index.parts();
  const content = encode([
    network,
    baseHeight,
    resume.height,
    BigInt(resume.sequence),
    [...resume.changes],
    segments.map(BigInt),
    records,
    contents,
    logSizes,
    prefixes,
    heights,
    BigInt(count),
  ]);
  const path = join(folder, NAME);
  const unfinished = `${path}.new`;
  disk.remove(unfinished);
  const file = disk.open(unfinished, 'create');
  try {
    let offset = 0;
    for (let at = 0; at < content.length; at += PART_BYTES) {
      const payload = content.subarray(at, at + PART_BYTES);
      const frame = encodeFrame({ sequence: at / PART_BYTES + 1, synced: 0, payload });
      file.write(offset, frame);
      offset += frame.length;
    }
  } finally {
    file.close();
  }
  disk.rename(unfinished, path);
}

export function removeIndex(disk: Disk, folder: string): void {
  disk.remove(join(folder, NAME));
}

/** The whole content of the file; undefined where a part is missing or damaged. */
function readParts(disk: Disk, path: string): Uint8Array | undefined {
  const file = disk.open(path, 'read');
  try {
    const bytes = file.read(0, file.size());
    const parts: Uint8Array[] = [];
    for (let offset = 0; offset < bytes.length;) {
      const frame = decodeFrame(bytes, offset);
      if (frame?.sequence !== parts.length + 1) return undefined;
      parts.push(frame.payload);
      offset += frame.length;
    }
    return concat(...parts);
  } finally {
    file.close();
  }
}

const bigintOf = (value: CborValue): bigint | undefined => (typeof value === 'bigint' ? value : undefined);

function partsOf([segments, ...rest]: readonly CborValue[]): IndexParts | undefined {
  const places = listOf(segments, bigintOf);
  const [records, contents, logSizes, prefixes, heights, count] = rest;
  if (places === undefined || typeof count !== 'bigint') return undefined;
  const arrays = [records, contents, logSizes, prefixes, heights];
  if (!arrays.every((each) => each instanceof Uint8Array)) return undefined;
  const [r, c, l, p, h] = arrays as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const numbers = { records: r, contents: c, logSizes: l, prefixes: p, heights: h };
  return { segments: places.map(Number), ...numbers, count: Number(count) };
}

/** Where a scan of the folder's journal may resume; undefined where it has to begin at its beginning. */
export function loadIndex({ disk, folder, network, baseHeight = 0n }: Place): Resume | undefined {
  const path = join(folder, NAME);
  if (!disk.exists(path)) return undefined;
  const bytes = readParts(disk, path);
  const decoded = bytes && decode(bytes, BYTES_MAX);
  if (decoded?.ok !== true || !Array.isArray(decoded.value)) return undefined;
  const [of, base, height, sequence, changed, ...rest] = decoded.value as readonly CborValue[];
  if (!(of instanceof Uint8Array) || !equal(of, network) || base !== baseHeight) return undefined;
  const changes = listOf(changed, bigintOf);
  const parts = partsOf(rest);
  if (typeof height !== 'bigint' || typeof sequence !== 'bigint' || changes === undefined || parts === undefined)
    return undefined;
  const index = createHeightIndex(baseHeight, parts);
  return index.height() === height ? { height, sequence: Number(sequence), changes, index } : undefined;
}
