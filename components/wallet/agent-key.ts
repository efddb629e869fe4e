import { fromHex } from '#ledger/core/bytes.ts';
import { LABEL_MAX } from '#ledger/contracts/account/definition.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { AGENT_METHODS } from '#lib/shared/agent-methods.ts';

const PROOF_BYTES = 65;

/** Args that allow an agent's key for every resource of the account; undefined when the address or the key's proof is none. */
export function agentKeyArgs(key: {
  keyAddress: string;
  label: string;
  spendingCapMicro: string;
  expiresAtMs: number;
  /** Hex. */
  proof: string;
}): MethodArgs['AuthorizeKey'] | undefined {
  const keyAddress = fromHex(key.keyAddress);
  const proof = fromHex(key.proof);
  if (keyAddress?.length !== 20 || proof?.length !== PROOF_BYTES) return undefined;
  return {
    keyAddress,
    label: key.label.slice(0, LABEL_MAX),
    methods: [...AGENT_METHODS],
    resources: [],
    spendingCapMicro: BigInt(key.spendingCapMicro),
    expiresAtMs: BigInt(key.expiresAtMs),
    proof,
  };
}
