import { fromHex } from '#ledger/core/bytes.ts';
import { LABEL_MAX } from '#ledger/contracts/account/definition.ts';
import type { MethodArgs, MethodName } from '#ledger/contracts/definitions.ts';

const PROOF_BYTES = 65;

/** A key that was offered to the account, and what its owner allows it. */
export interface AllowedKey {
  keyAddress: string;
  label: string;
  methods: readonly MethodName[];
  /** Empty: every resource. */
  resources: readonly number[];
  spendingCapMicro: string;
  expiresAtMs: number;
  /** Hex. */
  proof: string;
}

/** Args that allow a key; undefined when the address or the key's proof is none. */
export function authorizeKeyArgs(key: AllowedKey): MethodArgs['AuthorizeKey'] | undefined {
  const keyAddress = fromHex(key.keyAddress);
  const proof = fromHex(key.proof);
  if (keyAddress?.length !== 20 || proof?.length !== PROOF_BYTES) return undefined;
  return {
    keyAddress,
    label: key.label.slice(0, LABEL_MAX),
    methods: [...key.methods],
    resources: key.resources.map(BigInt),
    spendingCapMicro: BigInt(key.spendingCapMicro),
    expiresAtMs: BigInt(key.expiresAtMs),
    proof,
  };
}
