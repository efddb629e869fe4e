import { equal, fromHex } from '#ledger/core/bytes.ts';
import { decodeDescriptor, descriptorInfo, type AccessDescriptor } from '#ledger/core/descriptor.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { bufferOf, ENC_LENGTH, suite } from './hpke.ts';

export interface SealedDescriptor {
  /** Hex of enc ‖ ciphertext, as it stands on the ledger. */
  descriptor: string;
  /** Hex of the public key it is sealed to. */
  encryptionKey: string;
  issue: number;
  agreement: number;
  /** genesisHash, hex. */
  network: string;
}

export type Opened = { ok: true; descriptor: AccessDescriptor } | { ok: false; reason: 'other-key' | 'damaged' };

/** Opens the access descriptor in the browser (HPKE base mode, RFC 9180). The portal never sees the plaintext. */
export async function openDescriptor(sealed: SealedDescriptor, key: EncryptionKey): Promise<Opened> {
  const wire = fromHex(sealed.descriptor);
  const network = fromHex(sealed.network);
  const encryptionKey = fromHex(sealed.encryptionKey);
  if (!wire || wire.length <= ENC_LENGTH || network?.length !== 32 || encryptionKey?.length !== 32)
    return { ok: false, reason: 'damaged' };
  if (!equal(encryptionKey, key.publicKey)) return { ok: false, reason: 'other-key' };
  const info = descriptorInfo({
    network,
    agreement: BigInt(sealed.agreement),
    encryptionKey,
    issue: BigInt(sealed.issue),
  });
  try {
    const recipientKey = await suite.kem.importKey('raw', bufferOf(key.secretKey), false);
    const plaintext = await suite.open(
      { recipientKey, enc: bufferOf(wire.subarray(0, ENC_LENGTH)), info: bufferOf(info) },
      bufferOf(wire.subarray(ENC_LENGTH)),
    );
    const descriptor = decodeDescriptor(new Uint8Array(plaintext));
    return descriptor ? { ok: true, descriptor } : { ok: false, reason: 'damaged' };
  } catch {
    return { ok: false, reason: 'damaged' };
  }
}
