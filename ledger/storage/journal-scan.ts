import { equal } from '#ledger/core/bytes.ts';
import type { Disk } from './disk.ts';
import { decodeFrame, findFrame, firstNonZero, type Frame } from './frame.ts';
import { decodeHeader, listSegments, SEGMENT_HEADER_BYTES } from './segment.ts';

/** Where a frame begins. */
export interface Position {
  /** First sequence of its segment. */
  readonly segment: number;
  readonly offset: number;
}

/** What is wrong with a journal: the last write was torn by a crash, or durable bytes are damaged. */
export interface Finding {
  readonly kind: 'torn' | 'damaged' | 'foreign';
  readonly path: string;
  readonly offset: number;
  readonly sentence: string;
}

export interface JournalScan {
  /** The end of the good prefix: where the next frame goes. Undefined when not even the first header is good. */
  readonly end: Position | undefined;
  /** Sequence of the last good frame, 0 when there is none. */
  readonly lastSequence: number;
  readonly finding: Finding | undefined;
}

interface Walk {
  readonly disk: Disk;
  readonly network: Uint8Array;
  readonly visit: (frame: Frame, position: Position) => void;
  /** Called for each good frame behind damage, in order. */
  readonly visitSurvivor: (frame: Frame) => void;
  /** Told before each segment how many have been read, of how many. */
  readonly progress?: (read: number, of: number) => void;
}

type Segment = { readonly path: string; readonly firstSequence: number };

function readSegment(disk: Disk, path: string): Uint8Array {
  const file = disk.open(path, 'read');
  try {
    return file.read(0, file.size());
  } finally {
    file.close();
  }
}

function headerFinding(walk: Walk, segment: Segment, bytes: Uint8Array): Finding | undefined {
  const { path } = segment;
  const header = decodeHeader(bytes);
  if (header === undefined || header.firstSequence !== segment.firstSequence) {
    return { kind: 'damaged', path, offset: 0, sentence: `The header of ${path} (offset 0) is damaged.` };
  }
  if (!equal(header.network, walk.network)) {
    return { kind: 'foreign', path, offset: 24, sentence: `${path} belongs to another network than genesis.json.` };
  }
  if (bytes.length === header.size) return undefined;
  const offset = Math.min(bytes.length, header.size);
  const sentence = `${path} has ${bytes.length} bytes and should have ${header.size} (offset ${offset}).`;
  return { kind: 'damaged', path, offset, sentence };
}

/** Good frames from `offset` of a segment's bytes on, whatever lies between them. */
function* framesAfter(bytes: Uint8Array, offset: number): Generator<Frame> {
  for (let found = findFrame(bytes, offset); found; found = findFrame(bytes, found.offset + found.frame.length)) {
    yield found.frame;
  }
}

/** Decides whether the bad bytes at (path, offset), where frame `expected` should stand, are torn or damaged. */
function classify(
  walk: Walk,
  rest: readonly Segment[],
  at: { path: string; offset: number; bytes: Uint8Array; expected: number },
): Finding | undefined {
  const survivors: Frame[] = [...framesAfter(at.bytes, at.offset)];
  for (const segment of rest)
    survivors.push(...framesAfter(readSegment(walk.disk, segment.path), SEGMENT_HEADER_BYTES));
  const { path, offset, expected } = at;
  if (rest.length > 0 || survivors.some((frame) => frame.synced >= expected)) {
    for (const frame of survivors) walk.visitSurvivor(frame);
    return { kind: 'damaged', path, offset, sentence: `Record ${expected} in ${path} at offset ${offset} is damaged.` };
  }
  const dirty = firstNonZero(at.bytes, offset);
  if (dirty === -1) return undefined;
  const sentence = `Record ${expected} in ${path} at offset ${offset} is incomplete: its write was cut off.`;
  return { kind: 'torn', path, offset, sentence };
}

/**
 * Reads every segment of a folder in order and hands each good frame to `visit`, up to the first bad one. Payloads are views: copy what
 * is kept. Reads only.
 */
export function scanJournal(folder: string, walk: Walk): JournalScan {
  const segments = listSegments(walk.disk, folder);
  let lastSequence = (segments[0]?.firstSequence ?? 1) - 1;
  let end: Position | undefined;
  if (lastSequence !== 0) {
    const path = segments[0]?.path ?? folder;
    const sentence = `${folder} lacks the segment that begins with record 1; the first one is ${path} (offset 0).`;
    return { end, lastSequence: 0, finding: { kind: 'damaged', path, offset: 0, sentence } };
  }
  for (const [index, segment] of segments.entries()) {
    const rest = segments.slice(index + 1);
    walk.progress?.(index, segments.length);
    const bytes = readSegment(walk.disk, segment.path);
    const finding = headerFinding(walk, segment, bytes);
    const isShort = finding?.kind === 'damaged' && finding.offset > SEGMENT_HEADER_BYTES;
    if (finding !== undefined && !isShort) {
      classify(walk, rest, { path: segment.path, offset: 0, bytes, expected: lastSequence + 1 });
      return { end, lastSequence, finding };
    }
    let offset = SEGMENT_HEADER_BYTES;
    for (;;) {
      const frame = decodeFrame(bytes, offset);
      if (frame === undefined || frame.sequence !== lastSequence + 1) break;
      walk.visit(frame, { segment: segment.firstSequence, offset });
      lastSequence = frame.sequence;
      offset += frame.length;
    }
    end = { segment: segment.firstSequence, offset };
    const next = rest[0];
    const isWhole = next?.firstSequence === lastSequence + 1 && firstNonZero(bytes, offset) === -1;
    if (isWhole && finding === undefined) continue;
    const bad = classify(walk, rest, { path: segment.path, offset, bytes, expected: lastSequence + 1 });
    return { end, lastSequence, finding: finding ?? bad };
  }
  return { end, lastSequence, finding: undefined };
}
