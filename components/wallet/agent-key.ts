import { fromHex } from '#ledger/core/bytes.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';

/** What an agent needs to sign by itself: deliver, seal again, end what is used up, claim usage, suspend what no longer matches. */
export const AGENT_METHODS = ['Prepare', 'Reissue', 'EndAgreement', 'ClaimUsage', 'SuspendResource'] as const;

const LABEL_LENGTH_MAX = 64;

/** Args that allow an agent's key for every resource of the account; undefined when the address is none. */
export function agentKeyArgs(key: {
  keyAddress: string;
  label: string;
  spendingCapMicro: string;
  expiresAtMs: number;
}): MethodArgs['AuthorizeKey'] | undefined {
  const keyAddress = fromHex(key.keyAddress);
  if (keyAddress?.length !== 20) return undefined;
  return {
    keyAddress,
    label: key.label.slice(0, LABEL_LENGTH_MAX),
    methods: [...AGENT_METHODS],
    resources: [],
    spendingCapMicro: BigInt(key.spendingCapMicro),
    expiresAtMs: BigInt(key.expiresAtMs),
  };
}
