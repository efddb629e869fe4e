import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { methods } from '#ledger/contracts/definitions.ts';
import { addressOfSecret } from '#ledger/contracts/testing/samples.ts';
import { USUAL_PARAMETERS_AS_TEXT } from '#ledger/contracts/testing/parameters.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { genesisFromJson, genesisHash, genesisToJson, type Genesis } from '#ledger/core/genesis.ts';
import {
  compileMethods,
  decodeTransaction,
  encodeTransaction,
  signTransaction,
  transactionId,
} from '#ledger/core/transaction.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { possessionDigest } from '#ledger/core/validator-possession.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { writeValidatorKey } from '#ledger/engines/embedded/validator-key.ts';
import { validatorFolder } from '#ledger/engines/open.ts';

/** A ledger of one's own for tests and benchmarks: a home folder with genesis and keys, and people who sign transfers. */

export interface Member {
  readonly secretKey: Uint8Array;
  /** Dense id that genesis gives. */
  readonly account: bigint;
  /** The account's own key unless another is named. */
  readonly key?: bigint;
  nextNonce: bigint;
}

export interface LedgerHome {
  readonly home: string;
  readonly genesis: Genesis;
  readonly network: Uint8Array;
  /** The first two decide proposals: they are the node providers. */
  readonly members: readonly Member[];
  /** Secret keys of the validators of genesis, in its order. */
  readonly validatorKeys: readonly Uint8Array[];
  /** The key of a validator that genesis does not name. */
  readonly fifth: { readonly secretKey: Uint8Array; readonly publicKey: Uint8Array };
  /** Encoded signed transaction of a method with the member's next nonce, good for an hour less a minute. */
  sign(member: Member, method: string, args: Args): Uint8Array;
  transfer(from: Member, to: Member, amountMicro?: bigint): Uint8Array;
  /** Id of what `sign` made. */
  idOf(bytes: Uint8Array): Uint8Array;
  /** The proposal to admit the fifth validator, for which `operator` answers. */
  proposeFifth(from: Member, operator: Member): Uint8Array;
}

const PARAMETERS = {
  contestMs: '5000',
  deliveryMs: '10000',
  intervalMs: '1000',
  votingMs: '60000',
  // The validators change once an epoch at most.
  epochMs: '1000',
  validityMsMax: '3600000',
  newAccountGrantMicro: '50000000',
  feePerMille: '20',
  openAgreementsMax: '50',
  createPerEpochMax: '1000',
  transactionsPerEpochMax: '1000000',
  bytesPerEpochMax: '1000000000',
  testAgeMsMax: '600000',
  openDemandsMax: '50',
  planMs: '60000',
  rangeGraceMs: '10000',
  probationMs: '3000',
  silenceMs: '3000',
  ...USUAL_PARAMETERS_AS_TEXT,
  incentivePoolMicro: '1000000',
};

const NODE_PROVIDERS = 2;

export interface LedgerHomeOptions {
  /** Those of governance that differ from PARAMETERS. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Four unless given. */
  readonly validatorCount?: number;
}

/** Makes `home` (which must not exist) with so many founding accounts. */
export function makeLedgerHome(
  home: string,
  memberCount: number,
  crypto: Crypto,
  { parameters = {}, validatorCount = 4 }: LedgerHomeOptions = {},
): LedgerHome {
  const members = Array.from({ length: memberCount }, (_, index) => ({
    secretKey: new Uint8Array(randomBytes(32)),
    account: BigInt(index + 1),
    nextNonce: 0n,
  }));
  const validatorKeys = Array.from({ length: validatorCount }, () => new Uint8Array(randomBytes(32)));
  const json = {
    name: 'Test ledger',
    timeMs: (Date.now() - 1_000).toString(),
    accounts: members.map((member, index) => ({
      address: toHex(addressOfSecret(member.secretKey, crypto)),
      roles: index < NODE_PROVIDERS ? ['NRC', 'NRP', 'NRNSP'] : ['NRC', 'NRP'],
      profileCommitment: toHex(crypto.sha256(member.secretKey)),
      encryptionKey: toHex(crypto.sha256(crypto.sha256(member.secretKey))),
      balanceMicro: '1000000000',
    })),
    treasuryMicro: '1000000000000',
    parameters: { ...PARAMETERS, ...parameters },
    validators: validatorKeys.map((key, index) => ({ name: `V${index}`, publicKey: toHex(crypto.publicKey(key)) })),
  };
  const read = genesisFromJson(JSON.stringify(json));
  if (!read.ok) throw new Error(read.sentence);
  const genesis = read.value;
  const network = genesisHash(genesis, crypto);
  realDisk.makeFolder(home);
  for (const [index, key] of validatorKeys.entries()) {
    realDisk.makeFolder(validatorFolder(home, index));
    writeValidatorKey(validatorFolder(home, index), key, crypto.publicKey(key));
  }
  writeFileSync(join(home, 'genesis.json'), genesisToJson(genesis), { mode: 0o600 });

  const compiled = compileMethods(methods, crypto);
  const sign = (member: Member, method: string, args: Args): Uint8Array => {
    const of = compiled.get(method);
    if (of === undefined) throw new Error(`There is no method ${method}.`);
    const validUntilMs = BigInt(Date.now() + 3_540_000);
    const { account, key = 0n, nextNonce: nonce } = member;
    const transaction = { account, key, nonce, validUntilMs, method, args };
    member.nextNonce += 1n;
    return encodeTransaction(signTransaction({ transaction, network }, member.secretKey, of, crypto), of);
  };
  const transfer = (from: Member, to: Member, amountMicro = 1n): Uint8Array =>
    sign(from, 'Transfer', { to: to.account, amountMicro });
  const idOf = (bytes: Uint8Array): Uint8Array => {
    const decoded = decodeTransaction(bytes, compiled);
    if (!decoded.ok) throw new Error('These bytes are no transaction.');
    const { transaction } = decoded.value;
    return transactionId(transaction, network, compiled.get(transaction.method)!, crypto);
  };
  const fifthSecret = new Uint8Array(randomBytes(32));
  const fifth = { secretKey: fifthSecret, publicKey: crypto.publicKey(fifthSecret) };
  const proposeFifth = (from: Member, { account: operator }: Member): Uint8Array => {
    const proof = crypto.sign(possessionDigest({ network, operator }, crypto), fifthSecret);
    return sign(from, 'ProposeValidator', { name: 'V4', publicKey: fifth.publicKey, operator, proof });
  };
  return { home, genesis, network, members, validatorKeys, fifth, sign, transfer, idOf, proposeFifth };
}
