import type { Crypto } from '../../core/crypto.ts';

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
export type ResourceTestDigest = (test: ResourceTest, crypto: Crypto) => Uint8Array;
