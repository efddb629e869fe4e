import { describe, expect, test } from 'vitest';
import { COMETBFT_VARIABLES, readConfiguration } from './cometbft-configuration.ts';
import { environmentLine, LEDGER_VARIABLES, readEnvironment } from './environment.ts';
import { Refusal } from './sentence.ts';
import type { Environment } from './variables.ts';

const ID = 'a'.repeat(40);
const HASH = 'B'.repeat(64);
const TRUST = {
  COMETBFT_STATESYNC_RPC: 'http://127.0.0.1:1,http://127.0.0.1:2',
  COMETBFT_TRUST_HEIGHT: '5',
  COMETBFT_TRUST_HASH: HASH,
};

/** The sentence that a reader refuses with. */
function sentence(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    return (error as Refusal).message;
  }
  return 'was taken';
}

function configuration(environment: Environment): ReturnType<typeof readConfiguration> {
  return readConfiguration('/run/abci.sock', environment);
}

/** Values that none of the variables takes. */
const MALFORMED = [
  '\n',
  ' ',
  '-',
  'a b:1',
  'ä:1',
  '1;2',
  '"',
  '$(id)',
  '0x10',
  '1e3',
  '-1',
  '1.5',
  'NaN',
  '9'.repeat(400),
];

describe('the environment of the ledger process', () => {
  test('is the default where nothing is set, and where a variable is empty', () => {
    const byDefault = {
      engine: 'embedded',
      rpcUrl: 'http://127.0.0.1:26657',
      snapshotHeights: 1_000,
      retainHeights: undefined,
      sharesSocket: false,
      metrics: undefined,
    };
    expect(readEnvironment({})).toEqual(byDefault);
    const empty = Object.fromEntries(Object.keys(LEDGER_VARIABLES).map((name) => [name, '']));
    expect(readEnvironment(empty)).toEqual(byDefault);
  });

  test.each(Object.keys(LEDGER_VARIABLES))('refuses malformed values of %s in one sentence that names it', (name) => {
    for (const value of MALFORMED) {
      const refusal = sentence(() => readEnvironment({ [name]: value }));
      expect(refusal, value).toMatch(new RegExp(`^${name} `));
    }
  });

  test('keeps blocks for as long as evidence of them may come', () => {
    expect(sentence(() => readEnvironment({ LEDGER_RETAIN_HEIGHTS: '99999' }))).toMatch(/from 100000 to/);
    expect(readEnvironment({ LEDGER_RETAIN_HEIGHTS: '100000' }).retainHeights).toBe(100_000n);
  });

  test('shows no password in its line for the log, nor in a refusal', () => {
    const environment = { LEDGER_ENGINE: 'cometbft', COMETBFT_RPC: 'http://me:hidden@127.0.0.1:26657' };
    expect(environmentLine(readEnvironment(environment))).not.toContain('hidden');
    expect(sentence(() => readEnvironment({ COMETBFT_RPC: 'ftp://me:hidden@127.0.0.1' }))).not.toContain('hidden');
  });
});

describe('the environment of a CometBFT home', () => {
  test('is the default where nothing is set, and where a variable is empty', () => {
    const empty = Object.fromEntries(Object.keys(COMETBFT_VARIABLES).map((name) => [name, '']));
    expect(configuration(empty)).toEqual(configuration({}));
    expect(configuration({})).toMatchObject({ rpcListen: '127.0.0.1:26657', findsPeers: true, sharesAddress: false });
  });

  test.each(Object.keys(COMETBFT_VARIABLES))('refuses malformed values of %s in one sentence that names it', (name) => {
    // A moniker is free text of a small alphabet; a list is split at commas.
    const taken = name === 'COMETBFT_MONIKER' ? [' ', '-', '0x10', '1e3', '-1', '1.5', 'NaN'] : [];
    for (const value of MALFORMED.filter((each) => !taken.includes(each))) {
      const refusal = sentence(() => configuration({ ...(name in TRUST && TRUST), [name]: value }));
      expect(refusal, value).toMatch(new RegExp(`^${name} `));
      expect(refusal.split('\n').length, value).toBeLessThanOrEqual(2);
    }
  });

  test.each([
    ['COMETBFT_RPC_LISTEN', '0.0.0.0:26657', /every address/],
    ['COMETBFT_RPC_LISTEN', '[::]:26657', /every address/],
    ['COMETBFT_SIGNER_LISTEN', '0.0.0.0:26659', /every address/],
    ['COMETBFT_RPC_LISTEN', '0.0.0.0:26656', /every address/],
    ['COMETBFT_METRICS_LISTEN', '127.0.0.1:26657', /two purposes/],
    ['COMETBFT_P2P_LISTEN', '0.0.0.0:65536', /the last is 65535/],
    ['COMETBFT_P2P_LISTEN', '0.0.0.0:0', /host:port/],
    ['COMETBFT_PEERS', `${ID}@10.0.0.1:65536`, /the last is 65535/],
    ['COMETBFT_PEERS', `${ID}@10.0.0.1:26656, ${ID}@10.0.0.2:26656`, /commas alone/],
    ['COMETBFT_PEERS', `${ID}@10.0.0.1:26656,${ID}@10.0.0.1:26656`, /twice/],
    ['COMETBFT_PEERS', `${ID.toUpperCase()}@10.0.0.1:26656`, /40 hex digits/],
    [
      'COMETBFT_PRIVATE_PEER_IDS',
      Array.from({ length: 101 }, (_, at) => String(at).padStart(40, '0')).join(','),
      /at most 100/,
    ],
    ['COMETBFT_GOSSIP_MS', '0', /1 to 60000/],
    ['COMETBFT_COMMIT_MS', '60001', /0 to 60000/],
    ['COMETBFT_TRUST_HEIGHT', '5', /asks two nodes/],
    ['COMETBFT_TRUST_HASH', HASH, /asks two nodes/],
    ['COMETBFT_STATESYNC_RPC', 'http://127.0.0.1:1', /asks two nodes/],
    ['COMETBFT_STATESYNC_RPC', 'http://[:1,http://127.0.0.1:2', /no address/],
  ])('refuses %s=%s', (name, value, pattern) => {
    expect(sentence(() => configuration({ [name]: value }))).toMatch(pattern);
  });

  test('takes sentries, signers and a snapshot as they are set', () => {
    const set = {
      ...TRUST,
      COMETBFT_PEERS: `${ID}@node-2.example.org:26656,${'b'.repeat(40)}@[fd00::2]:26656`,
      COMETBFT_PRIVATE_PEER_IDS: ID,
      COMETBFT_FINDS_PEERS: '0',
      COMETBFT_SIGNER_LISTEN: '10.0.0.1:26659',
    };
    expect(configuration(set)).toMatchObject({
      peers: set.COMETBFT_PEERS.split(','),
      privatePeerIds: [ID],
      findsPeers: false,
      signerListen: '10.0.0.1:26659',
      stateSync: { rpcServers: ['http://127.0.0.1:1', 'http://127.0.0.1:2'], height: 5n, hash: HASH },
    });
  });
});
