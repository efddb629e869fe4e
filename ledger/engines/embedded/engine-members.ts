import { equal } from '#ledger/core/bytes.ts';
import type { ValidatorStatus } from '#ledger/core/committed.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { isQuorum, validatorAddress } from '#ledger/core/validator-set.ts';
import type { Membership } from './thread-protocol.ts';
import type { ValidatorHandle } from './validator-handle.ts';

/** The validators of this machine, and the set as the newest block has it. */
interface Members {
  readonly handles: readonly ValidatorHandle[];
  readonly membership: Membership;
}

function isMember({ membership }: Members, publicKey: Uint8Array): boolean {
  return membership.members.some((each) => equal(each, publicKey));
}

/** How many of these may vote, of how many, and whether that is enough to decide. */
export function voicesOf(
  members: Members,
  handles: readonly ValidatorHandle[],
): { readonly count: number; readonly total: number; readonly isQuorum: boolean } {
  const count = handles.filter(({ publicKey }) => isMember(members, publicKey)).length;
  const total = members.membership.members.length;
  return { count, total, isQuorum: isQuorum(BigInt(count), { totalPower: BigInt(total) }) };
}

/** The validators of this machine, members or not, and then those members whose key is not here. */
export function statusOf(members: Members, crypto: Crypto): readonly ValidatorStatus[] {
  const { handles, membership } = members;
  const here = handles.map((handle): ValidatorStatus => {
    const { publicKey } = handle;
    const reason = handle.reason();
    return {
      address: validatorAddress(publicKey, crypto),
      publicKey,
      state: handle.state(),
      height: handle.height(),
      round: handle.round(),
      ...(reason !== undefined && { reason }),
      ...(!isMember(members, publicKey) && { isMember: false }),
    };
  });
  const elsewhere = membership.members.filter((key) => !handles.some(({ publicKey }) => equal(publicKey, key)));
  return [
    ...here,
    ...elsewhere.map((publicKey): ValidatorStatus => {
      const address = validatorAddress(publicKey, crypto);
      return { address, publicKey, state: 'silent', height: 0n, round: 0 };
    }),
  ];
}
