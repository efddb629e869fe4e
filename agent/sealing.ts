import {
  decodeDescriptor,
  descriptorInfo,
  encodeDescriptor,
  type AccessDescriptor,
  type DescriptorBinding,
} from '#ledger/core/descriptor.ts';
import { open, seal } from './hpke.ts';

/**
 * Seals a link's token with the path to the customer's key. `entryPath` is what the order's kind opens behind the agreement's own address.
 * Throws when the key is none.
 */
export function sealLink(
  binding: DescriptorBinding,
  { entryPath, token }: { readonly entryPath: string; readonly token: string },
): Promise<Uint8Array> {
  const plaintext = encodeDescriptor({ path: `/v1/agreements/${binding.agreement}${entryPath}`, token });
  return seal(plaintext, { publicKey: binding.encryptionKey, info: descriptorInfo(binding) });
}

/** Opens a link with the customer's X25519 secret key; undefined when it was sealed for something else. */
export async function openLink(
  sealed: Uint8Array,
  options: { readonly binding: DescriptorBinding; readonly secretKey: Uint8Array },
): Promise<AccessDescriptor | undefined> {
  const plaintext = await open(sealed, { secretKey: options.secretKey, info: descriptorInfo(options.binding) });
  return plaintext === undefined ? undefined : decodeDescriptor(plaintext);
}
