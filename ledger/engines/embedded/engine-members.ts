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

/** A reason of a validator without the folders of this machine above its own. */
function withoutPaths(sentence: string): string {
  return sentence.replaceAll(/(?:\/[^\s/:;,]+)*\/(validator-\d+)/g, '$1').replaceAll(/(?:\/[^\s/:;,]+){2,}\//g, '…/');
}

/**
 * True when every validator that runs lacks blocks which it may have signed, and none is ahead of another: whoever could give them what
 * they lack is not here, and they vote for nothing until they have it.
 */
export function isStuck(handles: readonly ValidatorHandle[]): boolean {
  const running = handles.filter((handle) => handle.state() === 'running' || handle.state() === 'catching-up');
  const [first] = running;
  return (
    first !== undefined &&
    running.every((handle) => handle.state() === 'catching-up' && handle.height() === first.height())
  );
}

/** What is wrong with the validators of this machine, a sentence each. */
export function troublesOf({ handles }: Members): readonly string[] {
  const halted = handles.flatMap((handle) =>
    handle.state() === 'halted'
      ? [`Validator ${handle.index} has stopped. ${withoutPaths(handle.reason() ?? 'The log says why.')}`]
      : [],
  );
  const late = handles.some((handle) => handle.isClockBehind());
  return [...halted, ...(isStuck(handles) ? [STUCK] : []), ...(late ? [CLOCK_BEHIND] : [])];
}

export const STUCK =
  'Every validator here lacks blocks that it may have signed, and none has them: nothing is decided until the folder of one of them is restored as it was before the damage.';
export const CLOCK_BEHIND =
  'The clock of the ledger’s machine is behind the newest block by more than a minute: set it right. Blocks go on, with times that pass more slowly.';
