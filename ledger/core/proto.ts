import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * Protobuf as CometBFT writes it: fields in ascending order, zero values left out, embedded non-nullable messages always there. Reading
 * is strict in one way only: whatever was read is encoded again by the caller and compared, so every message has one form.
 */

export function putInt64(writer: BinaryWriter, field: number, value: bigint): void {
  if (value !== 0n) writer.tag(field, WireType.Varint).int64(value);
}

export function putUint64(writer: BinaryWriter, field: number, value: bigint): void {
  if (value !== 0n) writer.tag(field, WireType.Varint).uint64(value);
}

/** int32, uint32 and enums of our range: non-negative ones have the same bytes. */
export function putInt32(writer: BinaryWriter, field: number, value: number): void {
  if (value !== 0) writer.tag(field, WireType.Varint).int32(value);
}

export function putSfixed64(writer: BinaryWriter, field: number, value: bigint): void {
  if (value !== 0n) writer.tag(field, WireType.Bit64).sfixed64(value);
}

export function putBytes(writer: BinaryWriter, field: number, value: Uint8Array): void {
  if (value.length > 0) writer.tag(field, WireType.LengthDelimited).bytes(value);
}

export function putString(writer: BinaryWriter, field: number, value: string): void {
  if (value.length > 0) writer.tag(field, WireType.LengthDelimited).string(value);
}

/** An embedded message, written also when it is empty. */
export function putMessage(writer: BinaryWriter, field: number, message: Uint8Array): void {
  writer.tag(field, WireType.LengthDelimited).bytes(message);
}

/** Longest message after which a writer is used again: a large one would keep its buffer for ever. */
const KEPT_BYTES_MAX = 65_536;

/** One writer per level of nesting, used again and again: a header alone is three dozen messages, each would make its own buffer. */
const writers: BinaryWriter[] = [];
let level = 0;

/** Bytes of one message. */
export function message(write: (writer: BinaryWriter) => void): Uint8Array {
  const own = level;
  const writer = (writers[own] ??= new BinaryWriter());
  level = own + 1;
  let bytes: Uint8Array | undefined;
  try {
    write(writer);
    bytes = writer.finish();
    return bytes;
  } finally {
    level = own;
    // After an exception in the middle, nobody meets what the writer had written.
    if (bytes === undefined || bytes.length > KEPT_BYTES_MAX) writers.length = own;
  }
}

/** The message behind its length as a varint, as CometBFT signs it (libs/protoio MarshalDelimited). */
export function delimited(bytes: Uint8Array): Uint8Array {
  return message((writer) => void writer.uint32(bytes.length).raw(bytes));
}

/** What may stand in a field: how it is read, and false when the value may not be. */
export type FieldReader = (reader: BinaryReader, wire: WireType) => boolean;

export const readVarint =
  (take: (value: bigint) => boolean | void): FieldReader =>
  (reader, wire) =>
    wire === WireType.Varint && take(BigInt(reader.int64())) !== false;

/** A varint in [0, 2^31). */
export const readSmall =
  (take: (value: number) => boolean | void): FieldReader =>
  (reader, wire) => {
    if (wire !== WireType.Varint) return false;
    const value = BigInt(reader.int64());
    return value >= 0n && value < 0x80000000n && take(Number(value)) !== false;
  };

export const readBytes =
  (lengthMax: number, take: (value: Uint8Array) => boolean | void): FieldReader =>
  (reader, wire) => {
    if (wire !== WireType.LengthDelimited) return false;
    const value = reader.bytes();
    // A copy, so that a small field does not keep the whole input in memory and nobody changes it from outside.
    return value.length <= lengthMax && take(new Uint8Array(value)) !== false;
  };

export const readText =
  (lengthMax: number, take: (value: string) => boolean | void): FieldReader =>
  (reader, wire) => {
    if (wire !== WireType.LengthDelimited) return false;
    const value = reader.string(true);
    return value.length <= lengthMax && take(value) !== false;
  };

/** An embedded message, decoded by `decode`; undefined from it refuses the whole. */
export const readMessage =
  <Value>(decode: (bytes: Uint8Array) => Value | undefined, take: (value: Value) => boolean | void): FieldReader =>
  (reader, wire) => {
    if (wire !== WireType.LengthDelimited) return false;
    const value = decode(reader.bytes());
    return value !== undefined && take(value) !== false;
  };

/** Hands every field to its reader; false at an unknown field, a wrong wire type or a cut-off message. Never throws. */
export function readFields(bytes: Uint8Array, fields: Readonly<Record<number, FieldReader>>): boolean {
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [field, wire] = reader.tag();
      const read = fields[field];
      if (read === undefined || !read(reader, wire)) return false;
    }
    return true;
  } catch {
    return false;
  }
}
