import { join } from 'node:path';
import type { CborValue } from '#ledger/core/codec.ts';
import { decodeEntries, encodeEntries, type DecidedEntry, type Entry } from './entries.ts';
import { StorageHalt } from './halt.ts';
import { createHeightIndex, type HeightIndex } from './height-index.ts';
import { saveIndex, type Resume } from './index-file.ts';
import { openJournal, type JournalOptions } from './journal.ts';
import { scanJournal, type Finding, type JournalScan, type Position } from './journal-scan.ts';
import { segmentName } from './segment.ts';

/*
 * What a validator must remember, on one journal: decided blocks, and the consensus inputs of the height in progress.
 * Crash rules:
 * - `persist` writes every buffered input and proposed content as one frame and syncs it: called before an own message is sent.
 * - `decide` writes block, commit and result as one frame and does not sync it: a block that is lost with it is decided again from the
 *   synced precommits, here or at a peer, and comes out the same. Inputs of a decided height that were still buffered are dropped.
 */

/** Inputs buffered for one height before they are written without waiting for an own message. */
const BUFFERED_MAX = 512;
/** The index is written again when it has grown by one of so many parts: that part is what a start decodes at most beyond a snapshot. */
const INDEX_PARTS = 50n;

export interface StoredBlock {
  readonly height: bigint;
  readonly valueId: string;
  readonly round: number;
  readonly commit: Uint8Array;
  readonly content: Uint8Array;
  readonly result: Uint8Array;
}

export interface BlockLog {
  /** Last decided height; the journal's base before the first. */
  height(): bigint;
  recordInput(height: bigint, input: CborValue): void;
  /** Once per value and height; later calls do nothing. */
  recordContent(valueId: string, content: Uint8Array): void;
  /** Durable when it returns. */
  persist(): void;
  /** Heights without a gap, from the one after the journal's base. */
  decide(block: Omit<DecidedEntry, 'kind' | 'content'> & { readonly content: Uint8Array }): void;
  block(height: bigint): StoredBlock | undefined;
  /** The decided block with this log index. */
  heightOfLogIndex(logIndex: bigint): bigint | undefined;
  /** Heights that may hold the transaction, newest first. */
  candidates(txId: Uint8Array): bigint[];
  /**
   * Writes down where blocks stand, so that the next start need not decode every record; call it after `sync`. Does nothing until the
   * journal has grown by a fiftieth since the last time: the file is as long as the journal has blocks, so a block costs the same at any height.
   */
  saveIndex(changes: readonly bigint[]): void;
  sync(): void;
  /** What the journal takes on the disk. */
  bytes(): number;
  close(): void;
}

/** What a folder's journal says before it is opened for writing. */
export interface BlockLogScan {
  readonly journal: JournalScan;
  readonly finding: Finding | undefined;
  /** Inputs and contents recorded for the height after the last decided one, in order. */
  readonly inputs: readonly CborValue[];
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Highest height that any frame behind damage speaks of; 0 without damage. */
  readonly survivorHeight: bigint;
  readonly index: HeightIndex;
  /** The height up to which the scan took an index as it was; the journal's base without one. */
  readonly savedHeight: bigint;
  /** The record that decided the last block; 0 without a block. */
  readonly decidedSequence: number;
  /** False when the journal is not the one that the scan should have resumed in. */
  readonly isResumed: boolean;
  /** Where contents since the last decision stand. */
  readonly pending: Map<string, Position>;
}

function addDecided(scan: Pick<BlockLogScan, 'index' | 'pending'>, entry: DecidedEntry, position: Position): void {
  const content = entry.content === null ? scan.pending.get(entry.valueId) : position;
  if (content === undefined) throw new StorageHalt(`Block ${entry.height} was decided without its content on disk.`);
  scan.index.add({ record: position, content, logSize: entry.logSize, txIds: entry.txIds });
  scan.pending.clear();
}

function highestHeight(entries: readonly Entry[]): bigint {
  let highest = 0n;
  for (const entry of entries) if (entry.kind !== 'content' && entry.height > highest) highest = entry.height;
  return highest;
}

/**
 * Reads a folder's journal from the beginning; `visit` gets every decided entry with its content. Up to the record at which it resumes
 * it only looks whether the records are whole. Writes nothing.
 */
export function scanBlockLog(
  options: JournalOptions,
  visit?: (block: StoredBlock, position: Position) => void,
  resume?: Resume,
): BlockLogScan {
  const index = resume?.index ?? createHeightIndex(options.baseHeight);
  let decidedSequence = resume?.sequence ?? 0;
  const savedHeight = index.height();
  let isResumed = resume === undefined;
  const pending = new Map<string, Position>();
  let inputs: { height: bigint; input: CborValue }[] = [];
  const contents = new Map<string, Uint8Array>();
  let survivorHeight = 0n;
  let unreadable: Finding | undefined;

  const take = (entry: Entry, position: Position, sequence: number): void => {
    if (entry.kind === 'input') return void inputs.push(entry);
    if (entry.kind === 'content') {
      contents.set(entry.valueId, entry.content.slice());
      pending.set(entry.valueId, position);
      return;
    }
    const content = entry.content ?? contents.get(entry.valueId);
    if (entry.height !== index.height() + 1n || content === undefined) {
      const where = `${join(options.folder, segmentName(position.segment))} at offset ${position.offset}`;
      throw new StorageHalt(`The record of block ${entry.height} in ${where} is out of order.`);
    }
    visit?.({ ...entry, content }, position);
    addDecided({ index, pending }, entry, position);
    decidedSequence = sequence;
    inputs = [];
    contents.clear();
  };
  const journal = scanJournal(options.folder, {
    disk: options.disk,
    network: options.network,
    progress: options.progress,
    visit: (frame, position) => {
      if (unreadable !== undefined || frame.sequence < (resume?.sequence ?? 0)) return;
      const entries = decodeEntries(frame.payload);
      if (frame.sequence === resume?.sequence) {
        isResumed = entries?.some((entry) => entry.kind === 'decided' && entry.height === resume.height) === true;
        return;
      }
      // Of another journal: whoever asked begins at its beginning.
      if (!isResumed) return;
      if (entries === undefined) {
        const path = join(options.folder, segmentName(position.segment));
        const sentence = `Record ${frame.sequence} in ${path} at offset ${position.offset} cannot be read.`;
        unreadable = { kind: 'foreign', path, offset: position.offset, sentence };
        return;
      }
      for (const entry of entries) take(entry, position, frame.sequence);
    },
    visitSurvivor: (frame) => {
      const highest = highestHeight(decodeEntries(frame.payload) ?? []);
      if (highest > survivorHeight) survivorHeight = highest;
    },
  });
  const next = index.height() + 1n;
  const current = inputs.filter((entry) => entry.height === next).map((entry) => entry.input);
  const finding = unreadable ?? journal.finding;
  const found = { journal, finding, inputs: current, contents, survivorHeight };
  return { ...found, index, savedHeight, decidedSequence, isResumed, pending };
}

/** Opens for writing behind a scan whose finding is none, or a torn end. */
export function openBlockLog(options: JournalOptions, scan: BlockLogScan): BlockLog {
  const journal = openJournal(options, scan.journal);
  const { index, pending } = scan;
  const { baseHeight = 0n } = options;
  let { decidedSequence, savedHeight } = scan;
  let buffered: Entry[] = [];

  const readEntries = (position: Position): Entry[] => decodeEntries(journal.read(position)) ?? [];
  const flush = (): void => {
    if (buffered.length === 0) return;
    const position = journal.append(encodeEntries(buffered));
    for (const entry of buffered) if (entry.kind === 'content') pending.set(entry.valueId, position);
    buffered = [];
  };
  const contentAt = (position: Position, valueId: string): Uint8Array | undefined => {
    for (const entry of readEntries(position)) {
      if (entry.kind !== 'input' && entry.valueId === valueId && entry.content !== null) return entry.content;
    }
    return undefined;
  };

  return {
    height: () => index.height(),
    recordInput: (height, input) => {
      buffered.push({ kind: 'input', height, input });
      if (buffered.length >= BUFFERED_MAX) flush();
    },
    recordContent: (valueId, content) => {
      const isBuffered = buffered.some((entry) => entry.kind === 'content' && entry.valueId === valueId);
      if (!isBuffered && !pending.has(valueId)) buffered.push({ kind: 'content', valueId, content });
    },
    persist: () => {
      flush();
      journal.sync();
    },
    decide: (block) => {
      buffered = [];
      const isStored = pending.has(block.valueId);
      const entry: DecidedEntry = { ...block, kind: 'decided', content: isStored ? null : block.content };
      addDecided(scan, entry, journal.append(encodeEntries([entry])));
      decidedSequence = journal.sequence();
    },
    block: (height) => {
      const found = index.find(height);
      if (found === undefined) return undefined;
      const entry = readEntries(found.record).find((each) => each.kind === 'decided');
      const content = entry === undefined ? undefined : contentAt(found.content, entry.valueId);
      if (entry === undefined || content === undefined) throw new StorageHalt(`Block ${height} cannot be read back.`);
      return { ...entry, content };
    },
    heightOfLogIndex: (logIndex) => index.heightOfLogIndex(logIndex),
    candidates: (txId) => index.candidates(txId),
    saveIndex: (changes) => {
      const height = index.height();
      const grownBy = height - savedHeight;
      if (decidedSequence === 0 || grownBy * INDEX_PARTS < height - baseHeight) return;
      saveIndex(options, { height, sequence: decidedSequence, changes, index });
      savedHeight = height;
    },
    bytes: () => journal.bytes(),
    sync: () => {
      flush();
      journal.sync();
    },
    close: () => {
      flush();
      journal.close();
    },
  };
}
