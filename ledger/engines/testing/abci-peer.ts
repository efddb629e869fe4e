import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Request, Response, type RequestFinalizeBlock } from 'cosmjs-types/tendermint/abci/types';
import { createFrameReader, encodeFrame } from '#ledger/engines/cometbft/abci-frames.ts';
import { appStateOf } from '#ledger/engines/cometbft/abci-application.ts';
import { chainIdOf, genesisHash, type Genesis } from '#ledger/core/genesis.ts';
import type { Crypto } from '#ledger/core/crypto.ts';

/** What CometBFT is to an application: somebody who speaks ABCI on its socket. */
export interface AbciPeer {
  /** The answer, or undefined when the connection was closed instead. */
  ask(request: Partial<Request>): Promise<Response | undefined>;
  /** Raw bytes; the answer to them, if one comes before the connection is closed. */
  send(bytes: Uint8Array): Promise<Response | undefined>;
  close(): void;
}

export async function openAbciPeer(socketPath: string): Promise<AbciPeer> {
  const socket: Socket = connect(socketPath);
  await once(socket, 'connect');
  const reader = createFrameReader();
  const waiting: ((answer: Response | undefined) => void)[] = [];
  let isClosed = false;
  socket.on('data', (chunk) => {
    for (const bytes of reader.push(chunk) ?? []) waiting.shift()?.(Response.decode(bytes));
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    for (const resolve of waiting.splice(0)) resolve(undefined);
  });
  const send = (bytes: Uint8Array): Promise<Response | undefined> =>
    new Promise((resolve) => {
      if (isClosed) return resolve(undefined);
      waiting.push(resolve);
      socket.write(bytes);
    });
  return {
    send,
    ask: (request) => send(encodeFrame(Request.encode(Request.fromPartial(request)).finish())),
    close: () => socket.destroy(),
  };
}

/** InitChain as CometBFT makes it of our genesis. */
export function initChainOf(genesis: Genesis, crypto: Crypto): Partial<Request> {
  const network = genesisHash(genesis, crypto);
  return {
    initChain: {
      time: timestampOf(genesis.timeMs),
      chainId: chainIdOf(network),
      validators: genesis.validators.map(({ publicKey }) => ({ pubKey: { secp256k1: publicKey }, power: 1n })),
      appStateBytes: Buffer.from(appStateOf(network)),
      initialHeight: 1n,
    },
  };
}

/** FinalizeBlock of a block with these transactions and nothing else to tell. */
export function finalizeBlockOf(block: {
  readonly height: bigint;
  readonly timeMs: bigint;
  readonly transactions: readonly Uint8Array[];
  readonly misbehavior?: RequestFinalizeBlock['misbehavior'];
}): Partial<Request> {
  return {
    finalizeBlock: {
      txs: [...block.transactions],
      decidedLastCommit: { round: 0, votes: [] },
      misbehavior: block.misbehavior ?? [],
      hash: new Uint8Array(32).fill(Number(block.height % 256n)),
      height: block.height,
      time: timestampOf(block.timeMs),
      nextValidatorsHash: new Uint8Array(32),
      proposerAddress: new Uint8Array(20),
    },
  };
}

function timestampOf(timeMs: bigint): { seconds: bigint; nanos: number } {
  return { seconds: timeMs / 1_000n, nanos: Number(timeMs % 1_000n) * 1_000_000 };
}
