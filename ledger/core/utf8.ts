/** Code units gathered before they become text: `String.fromCharCode` takes them as arguments. */
const UNITS = 4_096;
const HIGH_SURROGATE = 0xd800;
const LOW_SURROGATE = 0xdc00;

/** How a sequence begins (RFC 3629, section 4): its length, the bits of its first byte, and between what its second byte lies. */
interface Lead {
  readonly length: 2 | 3 | 4;
  readonly bits: number;
  readonly from: number;
  readonly to: number;
}

function leadOf(byte: number): Lead | undefined {
  if (byte >= 0xc2 && byte <= 0xdf) return { length: 2, bits: byte & 0x1f, from: 0x80, to: 0xbf };
  if (byte >= 0xe0 && byte <= 0xef) {
    // Neither a longer form than it takes, nor half of a surrogate pair.
    return { length: 3, bits: byte & 0x0f, from: byte === 0xe0 ? 0xa0 : 0x80, to: byte === 0xed ? 0x9f : 0xbf };
  }
  if (byte >= 0xf0 && byte <= 0xf4) {
    return { length: 4, bits: byte & 0x07, from: byte === 0xf0 ? 0x90 : 0x80, to: byte === 0xf4 ? 0x8f : 0xbf };
  }
  return undefined;
}

/** The code point of the sequence at `at`; undefined where it is none. */
function codePoint(bytes: Uint8Array, at: number, { length, bits, from, to }: Lead): number | undefined {
  let point = bits;
  for (let next = 1; next < length; next += 1) {
    const byte = bytes[at + next];
    if (byte === undefined || byte < (next === 1 ? from : 0x80) || byte > (next === 1 ? to : 0xbf)) return undefined;
    point = (point << 6) | (byte & 0x3f);
  }
  return point;
}

/** Strict inverse of `utf8` (bytes.ts), a byte-order mark included; undefined for what is not UTF-8 (RFC 3629). */
export function textOf(bytes: Uint8Array): string | undefined {
  let text = '';
  let units: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte <= 0x7f) {
      units.push(byte);
      at += 1;
    } else {
      const lead = leadOf(byte);
      const point = lead && codePoint(bytes, at, lead);
      if (lead === undefined || point === undefined) return undefined;
      if (point <= 0xffff) units.push(point);
      else units.push(HIGH_SURROGATE + ((point - 0x1_0000) >> 10), LOW_SURROGATE + (point & 0x3ff));
      at += lead.length;
    }
    if (units.length < UNITS) continue;
    text += String.fromCharCode(...units);
    units = [];
  }
  return text + String.fromCharCode(...units);
}
