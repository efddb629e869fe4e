import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { taggedHash } from '#ledger/core/hash.ts';
import { encodePayload, PAYLOAD_NONCE_BYTES, subtaskInputs } from '#ledger/core/payload.ts';
import { encryptPayload } from '#agent/payload-sealing.ts';
import type { SamplePerson } from './sample-people.ts';
import { secretKeyOf } from './sample-people.ts';

const MODULE = new URL('../../public/algorithms/mandelbrot.wasm', import.meta.url);
/** The whole of the Mandelbrot set in 8 by 8 tiles of 80 by 64 points: a page puts 640 by 512 points together. */
const SIDE_TILES = 8;
const TILE = { wide: 80, high: 64 };
const PART = { left: -2, top: 1.2, right: 1, bottom: -1.2 };
const ROUNDS = '500';
const MINUTE_MS = 60_000n;
/** Limits of a tile, far beyond what it takes: the sum of all is more than any two of the sample's machines can have in the window. */
const TILE_MS_MAX = 4_000n;
const TILE_MEMORY_MIB = 32n;
/** A bitmap of 24 bits a point has a header of 54 bytes. */
const TILE_BYTES_MAX = BigInt(54 + 3 * TILE.wide * TILE.high);

/** What the sample's customer wants computed, ready to be sent. */
export interface Picture {
  /** Standard input of each sub-task. */
  readonly inputs: readonly Uint8Array[];
  /** What providers get: nonce ‖ AES-256-GCM. */
  readonly ciphertext: Uint8Array;
  /** SHA-256 of the ciphertext. */
  readonly payload: Uint8Array;
  /** Opens the ciphertext; sealed to the agents of the chosen plan. */
  readonly key: Uint8Array;
  readonly demand: MethodArgs['PublishDemand'];
}

/**
 * The same bytes for the same person and network, however often it is made: what was published and not yet chosen when the history was
 * broken off can still be opened. The key is used for this one text.
 */
export async function pictureOf(customer: SamplePerson, network: Uint8Array): Promise<Picture> {
  const module = await readFile(MODULE);
  const split = { split: 'lines', text: utf8(tileLines().join('\n')), perSubtask: 1 } as const;
  const secret = secretKeyOf(customer);
  const key = taggedHash(nobleCrypto, 'interpool/sample-picture-key/v1', secret, network);
  const nonce = taggedHash(nobleCrypto, 'interpool/sample-picture-nonce/v1', secret, network);
  const plaintext = encodePayload({ module, args: [ROUNDS], inputs: split });
  const ciphertext = await encryptPayload(plaintext, { key, nonce: nonce.slice(0, PAYLOAD_NONCE_BYTES), network });
  const inputs = subtaskInputs(split);
  const payload = sha256(ciphertext);
  const work = {
    algorithm: sha256(module),
    payload,
    payloadBytes: BigInt(ciphertext.length),
    subtasks: BigInt(inputs.length),
    split: split.split,
    cpuMs: TILE_MS_MAX,
    memoryMiB: TILE_MEMORY_MIB,
    inputBytes: BigInt(Math.max(...inputs.map(({ length }) => length))),
    outputBytes: TILE_BYTES_MAX,
    copies: 1n,
  };
  return { inputs, ciphertext, payload, key, demand: demandFor(work) };
}

function demandFor(work: MethodArgs['PublishDemand']['work'][number]): MethodArgs['PublishDemand'] {
  return {
    purpose: 'research',
    fieldOfBusiness: 'logistics',
    needs: [{ kind: 'computing', terms: [], choices: [], amounts: [], promise: [] }],
    work: [work],
    durationMs: 2n * MINUTE_MS,
    budgetMicro: 10_000_000n,
    backup: false,
    batch: false,
    openMs: 30n * MINUTE_MS,
    encryptionKey: new Uint8Array(32),
  };
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

/** `left top right bottom width height` of each tile, in rows from the top left. */
function tileLines(): string[] {
  const { left, top, right, bottom } = PART;
  const across = (tiles: number): number => left + ((right - left) * tiles) / SIDE_TILES;
  const down = (tiles: number): number => top + ((bottom - top) * tiles) / SIDE_TILES;
  return Array.from({ length: SIDE_TILES ** 2 }, (_, index) => {
    const [row, column] = [Math.floor(index / SIDE_TILES), index % SIDE_TILES];
    return [across(column), down(row), across(column + 1), down(row + 1), TILE.wide, TILE.high].join(' ');
  });
}
