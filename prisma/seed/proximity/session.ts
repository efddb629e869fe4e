import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openAccess } from '#agent/customer/access.ts';
import { deliveredLink } from '#agent/customer/delivered-link.ts';
import { encryptionKeyOf } from '#agent/encryption-key.ts';
import { isOf } from '#agent/proved-events.ts';
import { openThrough, type RelayAccess } from '#agent/relay/client.ts';
import { methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import { relayUserOf } from '#ledger/contracts/kinds/connection.ts';
import { holdMicroOf } from '#ledger/contracts/shared/price.ts';
import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import { lineOfTries, type Try } from '#lib/shared/measured-line.ts';
import type { Actor } from '#prisma/seed/actor.ts';
import type { RelayOffer } from '#prisma/seed/offers.ts';
import type { Progress } from '#prisma/seed/progress.ts';

const SETTLEMENT_MS_MAX = 300_000;
/** Ports of this machine that the sample's relays connect their customers to. */
const REACHED_HERE = Array.from({ length: 10 }, (_, index) => 8_080 + index);
const PIECE_BYTES = 500_000;
/** Sent for each piece. */
const REQUEST_BYTES = 20_000;
const PIECES = 12;
/** So long that metering intervals pass, in which there is time to be paid for. */
const PAUSE_MS = 2_000;
const MEGABYTE = 1_000_000n;

export interface Purchase {
  readonly user: Actor;
  readonly provider: Actor;
  readonly offer: RelayOffer;
  readonly resource: bigint;
  /** Public origin of the provider's gateway. */
  readonly gateway: string;
  readonly durationMs: bigint;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
  readonly progress: Progress;
  say(sentence: string): void;
}

const measuredSchema = z.object({
  roundTripMs: z.number(),
  jitterMs: z.number(),
  bytesPerS: z.number(),
  lossPerMille: z.number(),
});
type Measured = z.infer<typeof measuredSchema>;

/** Buys a use of a relay; the agreement. */
export async function buyConnection(of: Purchase): Promise<bigint> {
  const { user, provider, offer, durationMs, say } = of;
  const amounts = [
    { meter: 'bytes', amount: 50n * MEGABYTE },
    { meter: 'bytesIn', amount: 10n * MEGABYTE },
    { meter: 'connections', amount: 8n },
    { meter: 'downBytesPerS', amount: MEGABYTE / 2n },
    { meter: 'upBytesPerS', amount: MEGABYTE / 5n },
  ];
  const args: MethodArgs['Apply'] = {
    resource: of.resource,
    provider: BigInt(await provider.account()),
    strategyVersion: 1n,
    durationMs,
    choices: [],
    amounts,
    holdMicro: holdMicroOf(offer.terms.prices, { amounts, durationMs }),
    continues: 0n,
    purpose: 'operations',
    fieldOfBusiness: 'telecommunications',
    encryptionKey: encryptionKeyOf(user.key.secretKey),
    voucherKey: NO_VOUCHER_KEY,
  };
  const step = `a connection of ${user.person.id}`;
  const granted = await user.do(step, { method: methodOf('Apply'), args });
  const agreement = BigInt(String(granted['agreement']));
  say(`Order O-${agreement} of ${user.person.name} was granted; waiting for the agent of ${provider.person.name}.`);
  await deliveredLink(agreement, { ...user, secretKey: user.key.secretKey, network: of.network });
  return agreement;
}

/** One session from the signature to the evaluation, with bytes that really pass; what was measured is what its user says of it. */
export async function finishedSession(of: Purchase): Promise<void> {
  const { user, progress, say } = of;
  const agreement = await buyConnection(of);
  const note = `what ${user.person.id} measured`;
  const ending = `an end of the connection of ${user.person.id}`;
  if (!user.hasDone(ending)) {
    const measured = await use(of, agreement);
    if (measured !== undefined) progress.keepNote(note, measured);
  }
  await user.do(ending, { method: methodOf('EndAgreement'), args: { agreement, reason: 'done' } });
  say(`Order O-${agreement} has ended; its session is recorded once it is settled.`);
  await user.events.await('the settlement', isOf(agreement, 'AgreementSettled'), SETTLEMENT_MS_MAX);
  const measured = measuredSchema.safeParse(progress.note(note)).data;
  if (measured === undefined) {
    say(`The session of O-${agreement} is not evaluated: the run that used it was broken off before it had measured.`);
    return;
  }
  const { roundTripMs, jitterMs, bytesPerS, lossPerMille } = measured;
  const args: MethodArgs['EvaluateSession'] = {
    agreement,
    score: lossPerMille === 0 ? 5n : 3n,
    roundTripMs: BigInt(roundTripMs),
    jitterMs: BigInt(jitterMs),
    bytesPerS: BigInt(bytesPerS),
    lossPerMille: BigInt(lossPerMille),
  };
  await user.do(`an evaluation by ${user.person.id}`, { method: methodOf('EvaluateSession'), args });
  say(`The session of O-${agreement} was evaluated: ${roundTripMs} ms there and back, ${lossPerMille} ‰ lost.`);
}

/** Fetches pieces through the relay for a while; undefined where the order is over already. */
async function use(of: Purchase, agreement: bigint): Promise<Measured | undefined> {
  const { user, gateway, network, say } = of;
  const delivered = await deliveredLink(agreement, { ...user, secretKey: user.key.secretKey, network });
  const access = await openAccess(delivered, { agreement, kind: 'connection', gateway });
  if (!access.ok) {
    say(`Order O-${agreement} cannot be used any more: ${access.sentence}`);
    return undefined;
  }
  const way = wayOf(access.value.environment['INTERPOOL_RELAY'] ?? '', { agreement, token: delivered.link.token });
  const target = await servePieces();
  try {
    const tries: Try[] = [];
    for (let piece = 0; piece < PIECES; piece += 1) {
      tries.push(await fetchPiece(way, target.port).catch(() => ({ reachedMs: null, bytes: 0, ms: 0 })));
      await sleep(PAUSE_MS);
    }
    say(`Order O-${agreement}: ${target.sent()} bytes left a page for the relay, as the page counted them.`);
    const line = lineOfTries(tries);
    if (line === undefined) throw new Error(`Nothing passed the relay of O-${agreement}.`);
    return line;
  } finally {
    target.close();
  }
}

function wayOf(address: string, { agreement, token }: { agreement: bigint; token: string }): RelayAccess {
  const at = address.lastIndexOf(':');
  return {
    host: address.slice(0, at),
    port: Number(address.slice(at + 1)),
    user: relayUserOf(Number(agreement)),
    password: token,
  };
}

/** One try; rejects where the piece does not come whole. */
async function fetchPiece(way: RelayAccess, port: number): Promise<Try> {
  const { socket, reachedMs } = await openThrough(way, { host: '127.0.0.1', port });
  socket.write(Buffer.alloc(REQUEST_BYTES));
  let bytes = 0;
  let firstMs: number | undefined;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    firstMs ??= performance.now();
    bytes += chunk.length;
  }
  if (bytes !== PIECE_BYTES) throw new Error(`${bytes} bytes of ${PIECE_BYTES} came.`);
  return { reachedMs, bytes, ms: performance.now() - (firstMs ?? 0) };
}

/** A piece for whoever has sent a whole request, at a port of this machine that the sample's relays reach. */
async function servePieces(): Promise<{ readonly port: number; sent(): number; close(): void }> {
  let sent = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sent += socket.bytesWritten;
      sockets.delete(socket);
    });
    let received = 0;
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received === REQUEST_BYTES) socket.end(Buffer.alloc(PIECE_BYTES, 'interpool'));
    });
  });
  for (const port of REACHED_HERE) {
    if (!(await listens(server, port))) continue;
    const close = (): void => {
      for (const socket of sockets) socket.destroy();
      server.close();
    };
    return { port, sent: () => sent, close };
  }
  throw new Error(`None of the ports ${REACHED_HERE[0]} to ${REACHED_HERE.at(-1)} is free: end what listens there.`);
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const taken = (): void => resolve(false);
    server.once('error', taken);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', taken);
      resolve(true);
    });
  });
}
