import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { LedgerClient } from '#ledger/client/ledger-client.ts';
import { methods } from '#ledger/contracts/definitions.ts';
import { addressOf } from '#ledger/core/address.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { TransactionOutcome } from '#ledger/core/committed.ts';
import { genesisFromJson, genesisHash, genesisToJson } from '#ledger/core/genesis.ts';
import { compileMethods, encodeTransaction, signTransaction } from '#ledger/core/transaction.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { launch, makeMachine, run, stepsOf, type Machine, type Running } from '#ledger/engines/testing/ceremony.ts';
import { cometbftProgram, freePorts } from '#ledger/engines/testing/cometbft-network.ts';
import { runCommand } from '#ledger/engines/testing/node-process.ts';

const MACHINES = 4;
const SPEC = new URL('../../deploy/genesis-spec.json', import.meta.url);
const DECIDE_MS = 45_000;
const compiled = compileMethods(methods, nativeCrypto);

interface Wallet {
  readonly secretKey: Uint8Array;
  nonce: bigint;
}

let folder = '';
let machines: Machine[] = [];
let network = '';
const wallet: Wallet = { secretKey: new Uint8Array(randomBytes(32)), nonce: 0n };
const running = new Map<string, Running>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ip-'));
  const ports = await freePorts((MACHINES + 1) * 2);
  machines = Array.from({ length: MACHINES + 1 }, (_, index) =>
    makeMachine(folder, index + 1, { p2p: ports[index * 2]!, rpc: ports[index * 2 + 1]! }),
  );
});
afterAll(async () => {
  await Promise.all([...running.values()].map((each) => each.stop('SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
});

function members(): Machine[] {
  return machines.slice(0, MACHINES);
}

/** The machine beside the four, for what must not touch them. */
function other(): Machine {
  return machines[MACHINES]!;
}

function ceremonyFile(machine: Machine, name: string): string {
  return join(machine.user, 'ceremony', name);
}

interface MemberFile {
  readonly nodeId: string;
}

/** The document's file of a machine: the ids of the others' files, and their addresses. */
function environmentFile(machine: Machine): string {
  const text = stepsOf().get('environment') ?? '';
  const idOf = (number: number): string => {
    const file = ceremonyFile(machines[0]!, `member-${number}.json`);
    return (JSON.parse(readFileSync(file, 'utf8')) as MemberFile).nodeId;
  };
  const peers = members().filter((each) => each !== machine);
  const own = peers.map((each) => `${idOf(each.number)}@${each.environment.COMETBFT_P2P_LISTEN}`);
  return text
    .replace(/(?:[0-9a-f]{40}@10\.0\.0\.\d:26656,?)+/, own.join(','))
    .replace('=quillon', `=member-${machine.number}`);
}

async function start(machine: Machine): Promise<void> {
  const application = launch(machine, 'application');
  running.set(`application-${machine.number}`, application);
  await vi.waitFor(() => expect(application.words()).toContain('"ready":true'), DECIDE_MS);
  running.set(`cometbft-${machine.number}`, launch(machine, 'cometbft'));
}

/** A node drops what its peers tell it while it still asks for old blocks: a transaction then waits for its own node's turn. */
async function untilAllDecide(all: readonly Machine[]): Promise<void> {
  await Promise.all(
    all.map(async (machine) => {
      const client = await LedgerClient.connect(join(machine.home, 'ledger.sock'));
      const { height } = await client.status();
      const next = height < 2n ? 2n : height + 1n;
      await vi.waitFor(async () => expect((await client.status()).height).toBeGreaterThanOrEqual(next), DECIDE_MS);
      await client.close();
    }),
  );
}

/** CometBFT first, as in production: its application outlives it. */
async function stop(machine: Machine): Promise<void> {
  for (const name of [`cometbft-${machine.number}`, `application-${machine.number}`]) {
    await running.get(name)?.stop();
    running.delete(name);
  }
}

/** A transfer of the first account's, decided by whatever runs; asked of `machine`. */
async function decide(machine: Machine): Promise<{ outcome: TransactionOutcome; client: LedgerClient }> {
  const client = await LedgerClient.connect(join(machine.home, 'ledger.sock'));
  const of = compiled.get('Transfer')!;
  const validUntilMs = BigInt(Date.now() + 3_000_000);
  const args = { to: 2n, amountMicro: 1n };
  const transaction = { account: 1n, key: 0n, nonce: wallet.nonce, validUntilMs, method: 'Transfer', args };
  const salt = Buffer.from(network, 'hex');
  const signed = signTransaction({ transaction, network: salt }, wallet.secretKey, of, nativeCrypto);
  const admitted = await vi.waitFor(async () => {
    const answer = await client.submit(encodeTransaction(signed, of));
    expect(answer).toMatchObject({ ok: true });
    return answer;
  }, DECIDE_MS);
  const outcome = admitted.ok ? await client.outcome(admitted.txId, DECIDE_MS) : undefined;
  expect(outcome).toMatchObject({ code: 0 });
  wallet.nonce += 1n;
  return { outcome: outcome!, client };
}

async function receiptOf(client: LedgerClient): Promise<unknown> {
  // A receipt needs the header above its block, which an idle network makes within ten seconds.
  return vi.waitFor(async () => {
    const receipt = await client.receipt(0n);
    expect(receipt).toBeDefined();
    return receipt;
  }, DECIDE_MS);
}

/** One sentence of ours and a non-zero exit: no stack, no page. */
function expectSentence({ code, stderr }: { code: unknown; stderr: string }, pattern: RegExp): void {
  expect(stderr).toMatch(pattern);
  expect(stderr.trim().split('\n').length, stderr).toBe(1);
  expect(code).toBe(1);
}

/** CometBFT and application start, find that they are of different networks, and both end. */
async function expectForeign(machine: Machine): Promise<void> {
  const application = launch(machine, 'application');
  running.set(`application-${machine.number}`, application);
  await vi.waitFor(() => expect(application.words()).toContain('"ready":true'), DECIDE_MS);
  expect((await run(machine, 'cometbft')).code).not.toBe(0);
  expect(await application.ended).toBe(1);
  expect(application.words()).toMatch(/CometBFT's genesis\.json is not this ledger's: its validators are not/);
}

const program = cometbftProgram();
const title = program === undefined ? 'the ceremony (COMETBFT names no program: skipped)' : 'the ceremony';

describe.skipIf(program === undefined)(title, () => {
  test('of the document founds a network of four machines that decides, with receipts for its anchor [6.2.1-a][7.2.3-c]', async () => {
    await Promise.all(members().map(async (machine) => expect(await run(machine, 'keys')).toMatchObject({ code: 0 })));
    const [founder] = machines;
    for (const { number, user } of members().slice(1))
      copyFileSync(join(user, 'ceremony/member-1.json'), ceremonyFile(founder!, `member-${number}.json`));
    for (const { number } of members()) {
      const path = ceremonyFile(founder!, `member-${number}.json`);
      writeFileSync(path, readFileSync(path, 'utf8').replace('Quillon Node Services', `Member ${number}`));
    }
    const digest = nativeCrypto.sha256(wallet.secretKey);
    const open = nativeCrypto.recover(digest, nativeCrypto.signRecoverable(digest, wallet.secretKey))!;
    const address = toHex(addressOf(open, nativeCrypto));
    const spec = readFileSync(SPEC, 'utf8').replace('1'.repeat(40), address);
    writeFileSync(ceremonyFile(founder!, 'genesis-spec.json'), spec);
    const founded = await run(founder!, 'genesis');
    expect(founded).toMatchObject({ code: 0, stderr: '' });
    network = (JSON.parse(founded.stdout) as { network: string }).network;

    const written = await Promise.all(
      members().map(async (machine) => {
        copyFileSync(ceremonyFile(founder!, 'founding/genesis.json'), ceremonyFile(machine, 'genesis.json'));
        writeFileSync(ceremonyFile(machine, 'cometbft.env'), environmentFile(machine));
        const { code, stdout, stderr } = await run(machine, 'home');
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        return JSON.parse(stdout) as object;
      }),
    );
    for (const [index, each] of written.entries())
      expect(each).toMatchObject({ network, validator: `Member ${index + 1}` });

    await Promise.all(members().map(start));
    await untilAllDecide(members());
    const { client } = await decide(founder!);
    writeFileSync(ceremonyFile(founder!, 'receipt.json'), JSON.stringify(await receiptOf(client)));
    await client.close();
    const verified = await run(founder!, 'verify');
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('The receipt is authentic.') as string });
    for (const { code, stdout } of await Promise.all(members().map((machine) => run(machine, 'status')))) {
      const { validators } = JSON.parse(stdout) as { validators: object[] };
      expect({ code, count: validators.length }).toEqual({ code: 0, count: MACHINES });
    }
  });

  test('refuses two processes on one folder, and those that run go on [6.2.1-a]', async () => {
    const [machine] = members();
    expectSentence(await run(machine!, 'application'), /is in use by another process/);
    const second = await run(machine!, 'cometbft');
    expect(second.code).toBe(1);
    expect(second.stderr + second.stdout).toContain('resource temporarily unavailable');
    await (await decide(machine!)).client.close();
  });

  test('refuses wrong values and missing keys before anything is written [6.2.1-a]', async () => {
    const machine = members()[3]!;
    const config = join(machine.home, 'cometbft/config/config.toml');
    const before = readFileSync(config, 'utf8');
    expectSentence(await run(machine, 'application', { LEDGER_ENGINE: 'comet' }), /^LEDGER_ENGINE is “comet”/);
    expectSentence(await run(machine, 'application', { LEDGER_ENGINE: 'embedded' }), /set LEDGER_ENGINE=cometbft/);
    expectSentence(await run(machine, 'home', { COMETBFT_RPC_LISTEN: '0.0.0.0:26657' }), /every address/);
    expectSentence(await run(machine, 'home', { COMETBFT_PEERS: 'node-2:26656' }), /^COMETBFT_PEERS holds/);
    // A running CometBFT writes its state anew at every vote.
    await stop(machine);
    for (const name of ['config/priv_validator_key.json', 'config/node_key.json', 'data/priv_validator_state.json']) {
      const path = join(machine.home, 'cometbft', name);
      renameSync(path, `${path}.away`);
      const [home, keys] = await Promise.all([run(machine, 'home'), run(machine, 'keys')]);
      expectSentence(home, new RegExp(`${name.replaceAll('.', '\\.')} is missing`));
      expectSentence(keys, /bring it back/);
      expect(existsSync(path)).toBe(false);
      renameSync(`${path}.away`, path);
    }
    expect(readFileSync(config, 'utf8')).toBe(before);
    await start(machine);
  });

  test('refuses a founding by CometBFT that is not ours, before a block is executed [6.2.1-a]', async () => {
    const machine = other();
    expect(await run(machine, 'keys')).toMatchObject({ code: 0 });
    for (const name of ['genesis.json', 'cometbft.env'])
      copyFileSync(ceremonyFile(machines[0]!, name), ceremonyFile(machine, name));
    const home = await run(machine, 'home');
    expect(JSON.parse(home.stdout)).toMatchObject({ network, validator: null });
    const path = join(machine.home, 'cometbft/config/genesis.json');
    const right = readFileSync(path, 'utf8');
    writeFileSync(path, right.replace('"power": "1"', '"power": "2"'));
    await expectForeign(machine);
    expect(await run(machine, 'home')).toMatchObject({ code: 0 });
    expect(readFileSync(path, 'utf8')).toBe(right);
    // CometBFT remembers what it was founded on, whatever the file says now: it is refused again.
    await expectForeign(machine);
    // Nothing was executed: with the right one, and without what CometBFT had begun (troubles.md), the node joins and catches up.
    rmSync(join(machine.home, 'cometbft/data/state.db'), { recursive: true, force: true });
    await start(machine);
    const { client, outcome } = await decide(machine);
    expect((await client.status()).height).toBeGreaterThanOrEqual(outcome.height);
    await client.close();
    await stop(machine);
  });

  test('refuses data of another network, and an application whose CometBFT has forgotten [6.2.1-a]', async () => {
    const machine = other();
    const foreign = join(folder, 'foreign.json');
    const read = genesisFromJson(readFileSync(ceremonyFile(machine, 'genesis.json'), 'utf8'));
    if (!read.ok) throw new Error(read.sentence);
    const genesis = { ...read.value, name: 'Another network' };
    writeFileSync(foreign, genesisToJson(genesis));
    const own = ceremonyFile(machine, 'genesis.json');
    const right = readFileSync(own);
    copyFileSync(foreign, own);
    expectSentence(await run(machine, 'home'), /belongs to the network [0-9a-f]{64}/);
    copyFileSync(foreign, join(machine.home, 'genesis.json'));
    expectSentence(await run(machine, 'home'), /holds the data of another network/);
    expectSentence(await run(machine, 'application'), /another network|other network/);
    writeFileSync(own, right);
    writeFileSync(join(machine.home, 'genesis.json'), right);
    expect(toHex(genesisHash(genesis, nativeCrypto))).not.toBe(network);

    const data = join(machine.home, 'cometbft/data');
    cpSync(data, `${data}.away`, { recursive: true });
    for (const name of ['state.db', 'blockstore.db']) rmSync(join(data, name), { recursive: true });
    expectSentence(await run(machine, 'application'), /stands at height \d+, and .* holds no blocks/);
    rmSync(data, { recursive: true });
    renameSync(`${data}.away`, data);
    await start(machine);
    await (await decide(machine)).client.close();
  });

  test('comes back from lost or older folders as the document on backups says [6.2.1-a]', async () => {
    const machine = other();
    const application = join(machine.home, 'application');
    const data = join(machine.home, 'cometbft/data');
    await stop(machine);
    cpSync(data, `${data}.older`, { recursive: true });
    cpSync(application, `${application}.older`, { recursive: true });
    await start(machine);
    await (await decide(machine)).client.close();
    await stop(machine);

    // The application's folder is older: CometBFT delivers what is missing.
    rmSync(application, { recursive: true });
    renameSync(`${application}.older`, application);
    await start(machine);
    await (await decide(machine)).client.close();
    await stop(machine);

    // CometBFT's data is older, but for the file that must never be.
    const state = readFileSync(join(data, 'priv_validator_state.json'));
    rmSync(data, { recursive: true });
    renameSync(`${data}.older`, data);
    writeFileSync(join(data, 'priv_validator_state.json'), state);
    const ahead = launch(machine, 'application');
    await vi.waitFor(() => expect(ahead.words()).toContain('"ready":true'), DECIDE_MS);
    const refused = await run(machine, 'cometbft');
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/app block height \(\d+\) is higher than core \(\d+\)/);
    await ahead.stop();
    rmSync(application, { recursive: true });
    await start(machine);
    await (await decide(machine)).client.close();
  });

  test('lets every machine stop and come back with what was decided [6.2.1-a][7.2.2-d]', async () => {
    await Promise.all(machines.map(stop));
    for (const machine of [machines[0]!, other()]) {
      const checked = await runCommand('fsck.ts', join(machine.home, 'application'));
      expect({ code: checked.code, stderr: checked.stderr }).toEqual({ code: 0, stderr: '' });
    }
    await Promise.all(machines.map(start));
    await untilAllDecide(machines);
    const { client, outcome } = await decide(other());
    expect(await client.outcome(outcome.txId, 0)).toEqual(outcome);
    await client.close();
    expect(JSON.parse((await run(other(), 'status')).stdout)).toMatchObject({
      validators: Array.from({ length: MACHINES }, () => ({ state: expect.any(String) as string })),
    });
  });
});
