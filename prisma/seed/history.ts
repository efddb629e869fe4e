import { accessKeyOf, bucketNameOf, STORE_REGION } from '#ledger/contracts/kinds/storage.ts';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { deliveredLink, type DeliveredLink } from '#agent/customer/delivered-link.ts';
import { encryptionKeyOf } from '#agent/encryption-key.ts';
import { isOf } from '#agent/proved-events.ts';
import type { Command } from '#agent/submission.ts';
import { methodOf } from '#ledger/contracts/definitions.ts';
import type { Actor } from './actor.ts';
import {
  computingApplication,
  longApplication,
  orderOfTwo,
  shortApplication,
  storageApplication,
  type Parties,
  type Published,
} from './purchases.ts';

const SETTLEMENT_MS_MAX = 180_000;
const OPENING_MS_MAX = 30_000;
const RUN_MS_MAX = 60_000;
const PAUSE_MS = 500;

export interface Cast {
  readonly provider: Actor;
  readonly customer: Actor;
  readonly nodeProvider: Actor;
  readonly otherNodeProvider: Actor;
  /** Public origin of the sample agent's gateway. */
  readonly gateway: string;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
  say(sentence: string): void;
}

/** Asks for 6 hours where 2 are allowed: an outcome with the failing condition named, not a failed transaction. */
export async function refusedApplication(cast: Cast, published: Published): Promise<void> {
  const { customer, say } = cast;
  const args = longApplication(published, await partiesOf(cast));
  const data = await customer.do('an application that the conditions refuse', { method: methodOf('Apply'), args });
  if (data['refused'] === undefined) throw new Error('The application for 6 hours was expected to be refused.');
  say('An application for 6 hours was refused: use must be at most 2 hours.');
}

/** An order of one part and one of two, from the signature to the settlement, their rows fetched through the agent's gateway. */
export async function settledOrders(cast: Cast, published: Published): Promise<void> {
  const { customer, say } = cast;
  const parties = await partiesOf(cast);
  const single = await place(cast, 'an application that is granted', {
    method: methodOf('Apply'),
    args: shortApplication(published, parties),
  });
  const pair = await place(cast, 'an order of two parts', {
    method: methodOf('PlaceOrder'),
    args: orderOfTwo(published, parties),
  });
  const parts = [
    { agreement: single, name: `O-${single}`, query: 'order=date.desc&limit=365', step: 'an end by the customer' },
    { agreement: pair, name: `O-${pair}/1`, query: 'limit=1000', step: 'an end of the first part' },
    { agreement: pair + 1n, name: `O-${pair}/2`, query: 'limit=2000', step: 'an end of the second part' },
  ];
  for (const part of parts) await useAndEnd(cast, part);
  for (const { agreement, name } of parts) {
    await customer.events.await('the settlement', isOf(agreement, 'AgreementSettled'), SETTLEMENT_MS_MAX);
    say(`Order ${name} was settled.`);
  }
}

/** Room and a machine that are bought, used and ended, and wait for their settlement together. */
export async function ordersOfServices(cast: Cast, published: Published): Promise<void> {
  const { customer, say } = cast;
  const ended = [await storageOrder(cast, published)];
  if (published.computer !== null) ended.push(await computingOrder(cast, published.computer));
  for (const agreement of ended) {
    await customer.events.await('the settlement', isOf(agreement, 'AgreementSettled'), SETTLEMENT_MS_MAX);
    say(`Order O-${agreement} was settled.`);
  }
}

/** Room that is used by the S3 protocol; what was stored stays for its grace time. */
async function storageOrder(cast: Cast, published: Published): Promise<bigint> {
  const { customer, say } = cast;
  const agreement = await place(cast, 'an application for storage', {
    method: methodOf('Apply'),
    args: storageApplication(published, await partiesOf(cast)),
  });
  const { link, issue } = await linkOf(cast, agreement);
  const credentials = { agreement: Number(agreement), issue: Number(issue) };
  const client = new AwsClient({
    accessKeyId: accessKeyOf(credentials),
    secretAccessKey: link.token,
    service: 's3',
    region: STORE_REGION,
    retries: 0,
  });
  const url = `${cast.gateway}/${bucketNameOf(Number(agreement))}/reports/first-week.txt`;
  const body = 'Written by the sample’s customer, and read back.\n';
  const stored = await whenOpen(() => client.fetch(url, { method: 'PUT', body }));
  // 403: an earlier run has ended it, or its time was up.
  if (stored.status === 403) return agreement;
  const read = await client.fetch(url);
  if (!stored.ok || (await read.text()) !== body)
    throw new Error(`The gateway answered ${stored.status} and ${read.status} to ${customer.person.name}.`);
  say(`Order O-${agreement}: an object was stored and read back by the S3 protocol.`);
  await customer.do('an end of the storage', { method: methodOf('EndAgreement'), args: { agreement, reason: 'done' } });
  return agreement;
}

/** A program that the portal serves is sent to the provider’s machine and makes a picture there. */
async function computingOrder(cast: Cast, computer: number): Promise<bigint> {
  const { customer, gateway, say } = cast;
  const agreement = await place(cast, 'an application for computing', {
    method: methodOf('Apply'),
    args: computingApplication(computer, await partiesOf(cast)),
  });
  const { link } = await linkOf(cast, agreement);
  const post = (path: string, body: BodyInit): Promise<Response> =>
    fetch(`${gateway}${link.path}${path}`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${link.token}` },
      signal: AbortSignal.timeout(RUN_MS_MAX),
    });
  const module = await readFile(new URL('../../public/algorithms/mandelbrot.wasm', import.meta.url));
  const kept = await whenOpen(() => post('/algorithms', module));
  // 410: an earlier run has ended it, or its time was up.
  if (kept.status === 410) return agreement;
  if (!kept.ok) throw new Error(`The gateway answered ${kept.status} to the program of ${customer.person.name}.`);
  const { digest } = (await kept.json()) as { digest: string };
  const ran = await post(`/algorithms/${digest}/invoke?arg=500`, '-2 1.2 1 -1.2 320 256');
  if (!ran.ok) throw new Error(`The gateway answered ${ran.status} to a run of ${customer.person.name}.`);
  const { byteLength } = await ran.arrayBuffer();
  say(`Order O-${agreement}: a program made a picture of ${byteLength} bytes on the provider’s machine.`);
  await customer.do('an end of the computing', {
    method: methodOf('EndAgreement'),
    args: { agreement, reason: 'done' },
  });
  return agreement;
}

/** The id of the order's first agreement; its further parts have the ids that follow. */
async function place({ customer, say }: Cast, step: string, command: Command): Promise<bigint> {
  const granted = await customer.do(step, command);
  const order = BigInt(String(granted['agreement']));
  say(`Order O-${order} was granted; waiting for the provider’s agent.`);
  return order;
}

/** Opens the delivered link as the customer does, downloads rows, and ends the part; nothing when its time is up already. */
async function useAndEnd(
  cast: Cast,
  part: { readonly agreement: bigint; readonly name: string; readonly query: string; readonly step: string },
): Promise<void> {
  const { customer, gateway, say } = cast;
  const { agreement, name } = part;
  const { link } = await linkOf(cast, agreement);
  const bytes = await download(`${gateway}${link.path}?${part.query}`, link.token, customer);
  if (bytes === null) return;
  say(`Order ${name}: ${bytes} bytes were downloaded through the gateway.`);
  await customer.do(part.step, { method: methodOf('EndAgreement'), args: { agreement, reason: 'done' } });
}

function linkOf({ customer, network }: Cast, agreement: bigint): Promise<DeliveredLink> {
  return deliveredLink(agreement, { events: customer.events, secretKey: customer.key.secretKey, network });
}

/** The customer asks to become a provider; one of the node providers votes for it, another has yet to. */
export async function openRoleRequest(cast: Cast): Promise<void> {
  const requested = await cast.customer.do('a role request', {
    method: methodOf('RequestRole'),
    args: { role: 'NRP' },
  });
  const proposal = BigInt(String(requested['proposal']));
  await cast.otherNodeProvider.do('a vote on the role request', {
    method: methodOf('Vote'),
    args: { proposal, approve: true },
  });
  cast.say(
    `${cast.customer.person.name} asked for the provider role; ${cast.otherNodeProvider.person.name} voted for it.`,
  );
}

/** Long enough for a person to read the claim and say what is wrong with it; the sample's own orders did not have to wait as long. */
const CONTEST_MS = 120_000n;

/** Two node providers vote for a longer time to contest: orders from now on have it. */
export async function lengthenContestTime(cast: Cast): Promise<void> {
  const proposed = await cast.nodeProvider.do('a proposal for a longer time to contest', {
    method: methodOf('ProposeParameter'),
    args: { parameter: 'contestMs', value: CONTEST_MS },
  });
  const vote = { method: methodOf('Vote'), args: { proposal: BigInt(String(proposed['proposal'])), approve: true } };
  await cast.nodeProvider.do('the first vote on the time to contest', vote);
  await cast.otherNodeProvider.do('the second vote on the time to contest', vote);
  cast.say('The node providers voted for two minutes to contest a claim.');
}

async function partiesOf({ provider, customer }: Cast): Promise<Parties> {
  return { provider: await provider.account(), encryptionKey: encryptionKeyOf(customer.key.secretKey) };
}

/** Asks again while the gateway has yet to hear that the window is open. */
async function whenOpen(request: () => Promise<Response>): Promise<Response> {
  const deadlineMs = Date.now() + OPENING_MS_MAX;
  let response = await request();
  while (response.status === 503 && Date.now() < deadlineMs) {
    await sleep(PAUSE_MS);
    response = await request();
  }
  return response;
}

/** Null when the order is over, by an earlier run or by its time. */
async function download(url: string, token: string, customer: Actor): Promise<number | null> {
  const response = await whenOpen(() =>
    fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(30_000),
    }),
  );
  if (response.status === 410) return null;
  if (!response.ok) throw new Error(`The gateway answered ${response.status} to ${customer.person.name}.`);
  return (await response.arrayBuffer()).byteLength;
}
