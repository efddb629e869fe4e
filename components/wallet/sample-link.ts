import { isHex, type Address, type Hex } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';

export interface SampleLink {
  secretKey: Hex;
  address: Address;
  name: string;
}

const NAME_LENGTH_MAX = 80;

/** Reads `#sample=<64 hex>&name=…`; undefined when the fragment is something else or the key is none. */
export function parseSampleLink(fragment: string): SampleLink | undefined {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
  const digits = parameters.get('sample');
  if (digits === null || !/^[0-9a-f]{64}$/.test(digits)) return undefined;
  const secretKey = `0x${digits}` as const;
  if (!isHex(secretKey)) return undefined;
  try {
    const name = (parameters.get('name') ?? '').trim().slice(0, NAME_LENGTH_MAX);
    return { secretKey, address: privateKeyToAddress(secretKey), name: name || 'Sample person' };
  } catch {
    return undefined;
  }
}
