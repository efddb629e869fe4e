import { concat, readU64, u32, u64, utf8 } from './bytes.ts';
import { decode, encode } from './codec.ts';

/** Longest sealed descriptor on the ledger: enc (32 bytes) ‖ ciphertext. */
export const SEALED_DESCRIPTOR_BYTES_MAX = 1_024;
const PATH_LENGTH_MAX = 256;
const TOKEN_LENGTH_MAX = 256;

/** What only the customer can read: where the resource is served below the gateway's public origin, and the secret that opens it. */
export interface AccessDescriptor {
  /** Begins with `/`; no query and no fragment. */
  readonly path: string;
  /** Goes into the `Authorization: Bearer` header, never into a URL. */
  readonly token: string;
}

/** What a sealed descriptor is bound to: another agreement, key or issue cannot open it. */
export interface DescriptorBinding {
  /** genesisHash. */
  readonly network: Uint8Array;
  readonly agreement: bigint;
  /** The customer's X25519 public key, 32 bytes; its first 8 bytes are the key id. */
  readonly encryptionKey: Uint8Array;
  /** 1 for the first, one more with every re-issue. */
  readonly issue: bigint;
}

const TAG = utf8('interpool/descriptor/v1');

/** HPKE `info`: tag ‖ genesis hash ‖ agreement u64 ‖ key id u64 ‖ issue u32, big-endian (PROTOCOL, Keys). */
export function descriptorInfo(binding: DescriptorBinding): Uint8Array {
  const { network, agreement, encryptionKey, issue } = binding;
  return concat(TAG, network, u64(agreement), u64(readU64(encryptionKey, 0)), u32(Number(issue)));
}

/** HPKE plaintext: deterministic CBOR {path, token}. */
export function encodeDescriptor(descriptor: AccessDescriptor): Uint8Array {
  return encode({ path: descriptor.path, token: descriptor.token });
}

/** Reads a plaintext; undefined unless it is exactly what `encodeDescriptor` writes, within the bounds. */
export function decodeDescriptor(plaintext: Uint8Array): AccessDescriptor | undefined {
  const decoded = decode(plaintext, SEALED_DESCRIPTOR_BYTES_MAX);
  if (!decoded.ok || typeof decoded.value !== 'object' || decoded.value === null) return undefined;
  const { path, token, ...rest } = decoded.value as Record<string, unknown>;
  if (typeof path !== 'string' || typeof token !== 'string' || Object.keys(rest).length > 0) return undefined;
  const isPath = path.length <= PATH_LENGTH_MAX && /^\/[A-Za-z0-9/_-]*$/.test(path) && !path.startsWith('//');
  const isToken = token.length <= TOKEN_LENGTH_MAX && /^[A-Za-z0-9_.~+/=-]+$/.test(token);
  return isPath && isToken ? { path, token } : undefined;
}
