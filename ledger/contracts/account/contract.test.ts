import { describe, expect, test } from 'vitest';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import { addressOfSecret, filled, keyOffer } from '#ledger/contracts/testing/samples.ts';
import { AGENT_KEY, CUSTOMER, PROVIDER, TestLedger, applyArgs } from '#ledger/contracts/testing/test-ledger.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { accountCodes as codes } from './definition.ts';
import { findAddress, hasRole, readAccount } from './contract.ts';
import { KEYS_MAX } from './key-rules.ts';

/** The newcomer holds the key of this seed. */
const NEWCOMER_SEED = 77;
const NEWCOMER = addressOfSecret(filled(NEWCOMER_SEED), crypto);
const profile = { owner: NEWCOMER, profileCommitment: filled(1), encryptionKey: filled(9) };
const fresh = () => new TestLedger();
const withAgent = () => {
  const ledger = new TestLedger();
  ledger.authorizeAgent();
  return ledger;
};

describe('account', () => {
  runCases(codes, [
    {
      what: 'an account is created by its own first transaction, as a customer [7.2.1-b]',
      given: fresh,
      when: (ledger) => ledger.run(0n, 'CreateAccount', profile, { signer: NEWCOMER }),
      then: ['AccountCreated', 'RoleGranted'],
    },
    {
      what: 'a parameter greets a new account from the treasury',
      given: () => new TestLedger({ newAccountGrantMicro: 5n }),
      when: (ledger) => ledger.run(0n, 'CreateAccount', profile, { signer: NEWCOMER }),
      then: ['AccountCreated', 'RoleGranted', 'TokensTransferred'],
    },
    {
      what: 'an empty treasury keeps nobody out',
      given: () => new TestLedger({ newAccountGrantMicro: 2_000_000_000n }),
      when: (ledger) => ledger.run(0n, 'CreateAccount', profile, { signer: NEWCOMER }),
      then: ['AccountCreated', 'RoleGranted'],
    },
    {
      what: 'an address owns one account',
      given: fresh,
      when: (ledger) => ledger.run(0n, 'CreateAccount', profile, { signer: filled(Number(CUSTOMER), 20) }),
      then: codes.ADDRESS_TAKEN,
    },
    {
      what: 'nobody is kept from an account by the one to whom he offered his address as a key',
      given: () => {
        const ledger = fresh();
        expect(ledger.authorizeAgent(ledger.keyOffer(NEWCOMER_SEED, PROVIDER)).code).toBe(0);
        return ledger;
      },
      when: (ledger) => ledger.run(0n, 'CreateAccount', profile, { signer: NEWCOMER }),
      then: ['AccountCreated', 'RoleGranted'],
    },
    {
      what: 'an encryption key of small order is refused at creation',
      given: fresh,
      when: (ledger) => ledger.run(0n, 'CreateAccount', { ...profile, encryptionKey: filled(0) }, { signer: NEWCOMER }),
      then: codes.ENCRYPTION_KEY_INVALID,
    },
    {
      what: 'a small-order encryption key does not hide behind the ignored top bit',
      given: fresh,
      when: (ledger) => {
        const encryptionKey = filled(0);
        encryptionKey[31] = 0x80;
        return ledger.run(CUSTOMER, 'SetEncryptionKey', { encryptionKey });
      },
      then: codes.ENCRYPTION_KEY_INVALID,
    },
    {
      what: 'a new device sets its encryption key',
      given: fresh,
      when: (ledger) => ledger.run(CUSTOMER, 'SetEncryptionKey', { encryptionKey: filled(3) }),
      then: ['EncryptionKeySet'],
    },
    {
      what: 'the profile is a commitment that its owner replaces',
      given: fresh,
      when: (ledger) => ledger.run(CUSTOMER, 'UpdateProfile', { profileCommitment: filled(3) }),
      then: ['ProfileUpdated'],
    },
    {
      what: 'an owner authorises an agent key',
      given: fresh,
      when: (ledger) => ledger.authorizeAgent(),
      then: ['KeyAuthorized'],
    },
    {
      what: 'an authorised key authorises no other',
      given: withAgent,
      when: (ledger) => ledger.run(PROVIDER, 'UpdateProfile', { profileCommitment: filled(3) }, { key: AGENT_KEY }),
      then: codes.OWNER_KEY_REQUIRED,
    },
    {
      what: 'a key serves one account at a time',
      given: withAgent,
      when: (ledger) => ledger.authorizeAgent(),
      then: codes.ADDRESS_TAKEN,
    },
    {
      what: 'the number of keys is bounded',
      given: () => {
        const ledger = fresh();
        for (let key = 0; key < Number(KEYS_MAX); key++) ledger.authorizeAgent(ledger.keyOffer(100 + key, PROVIDER));
        return ledger;
      },
      when: (ledger) => ledger.authorizeAgent(),
      then: codes.KEY_LIMIT_REACHED,
    },
    {
      what: 'what only the owner may do is never delegated',
      given: fresh,
      when: (ledger) => ledger.authorizeAgent({ methods: ['AuthorizeKey'] }),
      then: codes.METHOD_UNKNOWN,
    },
    {
      what: 'a key without methods, or with one named twice, is refused',
      given: fresh,
      when: (ledger) => ledger.authorizeAgent({ methods: ['Prepare', 'Prepare'] }),
      then: codes.METHOD_UNKNOWN,
    },
    {
      what: 'a key expires in the future',
      given: fresh,
      when: (ledger) => ledger.authorizeAgent({ expiresAtMs: ledger.nowMs }),
      then: codes.EXPIRY_NOT_IN_FUTURE,
    },
    {
      what: 'a label is one short line',
      given: fresh,
      when: (ledger) => ledger.authorizeAgent({ label: 'agent\nof evil' }),
      then: codes.LABEL_INVALID,
    },
    {
      what: "a key is limited to the owner's own resources",
      given: fresh,
      when: (ledger) => ledger.authorizeAgent({ resources: [4n] }),
      then: codes.RESOURCE_NOT_OWN,
    },
    ...(
      [
        ['that another key gave', (ledger) => ledger.keyOffer(78, PROVIDER).proof],
        ['for another account', (ledger) => ledger.keyOffer(NEWCOMER_SEED, CUSTOMER).proof],
        [
          'for another network',
          () => keyOffer(filled(NEWCOMER_SEED), { network: filled(201), account: PROVIDER }, crypto).proof,
        ],
        ['of no length', () => new Uint8Array(0)],
        ['without its last byte', (ledger) => ledger.keyOffer(NEWCOMER_SEED, PROVIDER).proof.slice(0, 64)],
        ['with one byte more', (ledger) => Uint8Array.of(...ledger.keyOffer(NEWCOMER_SEED, PROVIDER).proof, 0)],
        ['of 65 zeros', () => new Uint8Array(65)],
      ] as [string, (ledger: TestLedger) => Uint8Array][]
    ).map(([what, proofOf]): Case => ({
      what: `a proof ${what} authorises no key`,
      given: fresh,
      when: (ledger) => ledger.authorizeAgent({ ...ledger.keyOffer(NEWCOMER_SEED, PROVIDER), proof: proofOf(ledger) }),
      then: codes.KEY_NOT_PROVED,
    })),
    {
      what: 'a proof of the key for the account on its network authorises it',
      given: fresh,
      when: (ledger) => ledger.authorizeAgent(ledger.keyOffer(NEWCOMER_SEED, PROVIDER)),
      then: ['KeyAuthorized'],
    },
    {
      what: 'an unknown key is not revoked',
      given: fresh,
      when: (ledger) => ledger.run(PROVIDER, 'RevokeKey', { revokedKey: 7n }),
      then: codes.KEY_UNKNOWN,
    },
    {
      what: 'a number beyond all keys never reaches the key of another account',
      given: withAgent,
      when: (ledger) => ledger.run(CUSTOMER, 'RevokeKey', { revokedKey: (PROVIDER << 16n) | AGENT_KEY }),
      then: codes.KEY_UNKNOWN,
    },
    {
      what: 'the owner key is not revoked',
      given: fresh,
      when: (ledger) => ledger.run(PROVIDER, 'RevokeKey', { revokedKey: 0n }),
      then: codes.KEY_UNKNOWN,
    },
    {
      what: 'an owner revokes a key',
      given: withAgent,
      when: (ledger) => ledger.run(PROVIDER, 'RevokeKey', { revokedKey: AGENT_KEY }),
      then: ['KeyRevoked'],
    },
    {
      what: 'a key is revoked once',
      given: () => {
        const ledger = withAgent();
        ledger.run(PROVIDER, 'RevokeKey', { revokedKey: AGENT_KEY });
        return ledger;
      },
      when: (ledger) => ledger.run(PROVIDER, 'RevokeKey', { revokedKey: AGENT_KEY }),
      then: codes.KEY_ALREADY_REVOKED,
    },
  ]);

  test('one account holds several roles and each opens its own methods [7.2.1-b]', () => {
    const ledger = new TestLedger();
    expect([hasRole(ledger.state, PROVIDER, 'NRC'), hasRole(ledger.state, PROVIDER, 'NRP')]).toEqual([true, true]);
    ledger.authorizeAgent();
    expect(ledger.run(CUSTOMER, 'PublishResource', ledger.publishArgs()).code).toBe(301);
    expect(ledger.run(PROVIDER, 'PublishResource', ledger.publishArgs()).code).toBe(0);
    expect(ledger.run(PROVIDER, 'Vote', { proposal: 1n, approve: true }).code).toBe(706);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).code).toBe(0);
  });

  test('a revoked key gives its address back', () => {
    const ledger = withAgent();
    const [, key] = [...ledger.state.scan({ contract: 1, table: 2 })][0]!;
    const { address } = key as unknown as { address: Uint8Array };
    expect(findAddress(ledger.state, address)).toMatchObject({ account: PROVIDER, key: AGENT_KEY });
    ledger.run(PROVIDER, 'RevokeKey', { revokedKey: AGENT_KEY });
    expect(findAddress(ledger.state, address)).toBeUndefined();
    expect(ledger.authorizeAgent()).toMatchObject({ code: 0, data: { key: 2n } });
    expect(readAccount(ledger.state, PROVIDER)?.nextKey).toBe(3n);
  });
});
