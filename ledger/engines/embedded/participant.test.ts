import { expect, test } from 'vitest';
import { utf8 } from '#ledger/core/bytes.ts';
import { setAt } from '#ledger/core/validator-schedule.ts';
import { step } from '#ledger/consensus/driver.ts';
import { proposerOf } from '#ledger/consensus/validators.ts';
import { NO_ROUND, height, round, type SignedProposal } from '#ledger/consensus/types.ts';
import { nativeCrypto as crypto } from '#ledger/engines/native-crypto.ts';
import type { BlockLog } from '#ledger/storage/block-log.ts';
import { buildBlock, genesisChain, type Content } from './chain.ts';
import { membersOf, networkOf } from './network.ts';
import { createParticipant } from './participant.ts';
import { TIMEOUTS } from './validator.ts';

const secretKeys = [1, 2, 3, 4].map((index) => crypto.sha256(utf8(`validator ${index}`)));
const publicKeys = secretKeys.map((secretKey) => crypto.publicKey(secretKey));
const network = networkOf({ hash: crypto.sha256(utf8('network')), timeMs: 1_000n, publicKeys }, crypto);
const members = membersOf(setAt(network.founders, 1n).set);
const own = proposerOf(members, height(2n), round(0));
const flooder = proposerOf(members, height(2n), round(1));

/** A block of height 2, another one for each time. */
function contentAt(timeMs: bigint): Content {
  const chain = { ...genesisChain(network, new Uint8Array(32), crypto), height: 1n };
  return buildBlock(network, chain, { timeMs, transactions: [], evidence: [], proposer: new Uint8Array(20) }, crypto);
}

function proposalOf(content: Content): SignedProposal {
  const { valueId } = content;
  const proposal = { height: height(2n), round: round(1), valueId, validRound: NO_ROUND, proposer: flooder } as const;
  return { proposal, timestampMs: 1_000n, signature: new Uint8Array(64) };
}

test('a validator that floods the next height with blocks fills no memory, and the height begins with those that count [8.2.1-a]', () => {
  const recorded: string[] = [];
  const log = {
    recordInput: () => undefined,
    recordContent: (valueId: string) => void recorded.push(valueId),
    persist: () => undefined,
  };
  const participant = createParticipant({
    network,
    validatorsAt: () => members,
    own,
    signer: { crypto, secretKey: secretKeys[0]! },
    timeouts: TIMEOUTS,
    step,
    // Only the three functions above are called without a decision.
    log: log as unknown as BlockLog,
    nowMs: () => 2_000n,
    after: () => () => undefined,
    build: () => contentAt(9_999n),
    check: () => 'valid',
    send: () => undefined,
    askPeers: () => undefined,
    decided: () => undefined,
    equivocated: () => undefined,
  });
  participant.start(1n);
  const flood = Array.from({ length: 300 }, (_, index) => contentAt(2_000n + BigInt(index)));
  for (const content of flood) participant.receiveProposal(proposalOf(content), content);
  const kept = flood.filter(({ valueId }) => participant.content(valueId) !== undefined);
  expect(kept.length).toBeLessThanOrEqual(64);
  participant.start(2n);
  expect(recorded).toContain(contentAt(9_999n).valueId);
  expect(participant.state().log.get(round(1))?.proposals).toHaveLength(2);
});
