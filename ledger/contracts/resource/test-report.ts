import { recoverAddress } from '#ledger/core/address.ts';
import { equal } from '#ledger/core/bytes.ts';
import { encode } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { taggedHash } from '#ledger/core/hash.ts';

/** What the agent signs after it tested a source: its own words about the data, bound to the network, the owner and the source. */
export interface ResourceTest {
  readonly network: Uint8Array;
  readonly owner: bigint;
  readonly sourceId: string;
  /** The JSON text published as `technical`, byte for byte. */
  readonly technical: string;
  readonly testedAtMs: bigint;
}

/** SHA-256('interpool/resource-test/v1' ‖ CBOR [network, owner, sourceId, technical, testedAtMs]), signed recoverably by the agent's key. */
export function resourceTestDigest(test: ResourceTest, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  const { network, owner, sourceId, technical, testedAtMs } = test;
  return taggedHash(crypto, 'interpool/resource-test/v1', encode([network, owner, sourceId, technical, testedAtMs]));
}

/** True when the agent at `address` (20 bytes) signed exactly this test. */
export function isTestSigned(test: ResourceTest, signature: Uint8Array, address: Uint8Array, crypto: Crypto): boolean {
  const signer = recoverAddress(resourceTestDigest(test, crypto), signature, crypto);
  return signer !== undefined && equal(signer, address);
}
