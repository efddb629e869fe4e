import type { Position } from './journal-scan.ts';
import { createTransactionIndex, type TransactionIndexParts } from './transaction-index.ts';

/** A list of numbers of 8 bytes each: a validator keeps three a height for ever, also of empty blocks. */
interface NumberList {
  /** 8 bytes each, as this machine writes them. */
  bytes(): Uint8Array;
  push(value: number): void;
  at(index: number): number | undefined;
  readonly length: () => number;
}

const FIRST_CAPACITY = 1024;

function createNumberList(known: Uint8Array = new Uint8Array(0)): NumberList {
  let length = Math.floor(known.length / Float64Array.BYTES_PER_ELEMENT);
  let values = new Float64Array(Math.max(FIRST_CAPACITY, length));
  new Uint8Array(values.buffer).set(known.subarray(0, length * Float64Array.BYTES_PER_ELEMENT));
  return {
    bytes: () => new Uint8Array(values.slice(0, length).buffer),
    push: (value) => {
      if (length === values.length) {
        const larger = new Float64Array(values.length * 2);
        larger.set(values);
        values = larger;
      }
      values[length] = value;
      length += 1;
    },
    at: (index) => (index >= 0 && index < length ? values[index] : undefined),
    length: () => length,
  };
}

/** Offsets are below 2³²; the factor puts the segment's place in the list above them, exactly up to 2²¹ segments. */
const OFFSETS = 2 ** 32;

/** An index as bytes, so that it can be written down and made again. */
export interface IndexParts extends TransactionIndexParts {
  /** First sequences, ascending. */
  readonly segments: readonly number[];
  /** 8 bytes a height each. */
  readonly records: Uint8Array;
  readonly contents: Uint8Array;
  readonly logSizes: Uint8Array;
}

/** Where each height's block stands, and what else is looked up by it. Derived from the journal at each start. */
export interface HeightIndex {
  /** Last decided height. */
  height(): bigint;
  add(decided: {
    readonly record: Position;
    readonly content: Position;
    /** Leaves in the receipt log after the block; below 2⁵³. */
    readonly logSize: bigint;
    /** 32 bytes each. */
    readonly txIds: Uint8Array;
  }): void;
  find(height: bigint): { readonly record: Position; readonly content: Position } | undefined;
  /** The height whose block holds this log index. */
  heightOfLogIndex(logIndex: bigint): bigint | undefined;
  /** Heights that may hold the transaction, newest first. */
  candidates(txId: Uint8Array): bigint[];
  parts(): IndexParts;
}

/** `base` is the height before the first block: 0, or that of the snapshot with which the journal begins. */
export function createHeightIndex(base = 0n, known?: IndexParts): HeightIndex {
  const records = createNumberList(known?.records);
  const contents = createNumberList(known?.contents);
  const logSizes = createNumberList(known?.logSizes);
  const transactions = createTransactionIndex(known);
  /** First sequences, ascending: a journal's segments. */
  const segments: number[] = [...(known?.segments ?? [])];

  const pack = ({ segment, offset }: Position): number => {
    let place = segments.lastIndexOf(segment);
    if (place === -1) place = segments.push(segment) - 1;
    return place * OFFSETS + offset;
  };
  const unpack = (packed: number): Position => {
    const place = Math.floor(packed / OFFSETS);
    return { segment: segments[place] ?? 0, offset: packed - place * OFFSETS };
  };

  return {
    height: () => base + BigInt(records.length()),
    add: ({ record, content, logSize, txIds }) => {
      records.push(pack(record));
      contents.push(pack(content));
      logSizes.push(Number(logSize));
      const height = base + BigInt(records.length());
      for (let at = 0; at < txIds.length; at += 32) transactions.add(txIds.subarray(at, at + 32), height);
    },
    find: (height) => {
      const record = records.at(Number(height - base) - 1);
      const content = contents.at(Number(height - base) - 1);
      return record === undefined || content === undefined
        ? undefined
        : { record: unpack(record), content: unpack(content) };
    },
    heightOfLogIndex: (logIndex) => {
      let low = 0;
      let high = logSizes.length();
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((logSizes.at(middle) ?? 0) > Number(logIndex)) high = middle;
        else low = middle + 1;
      }
      return low < logSizes.length() ? base + BigInt(low) + 1n : undefined;
    },
    candidates: (txId) => transactions.candidates(txId),
    parts: () => ({
      segments,
      records: records.bytes(),
      contents: contents.bytes(),
      logSizes: logSizes.bytes(),
      ...transactions.parts(),
    }),
  };
}
