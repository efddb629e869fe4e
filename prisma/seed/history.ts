import { type MethodArgs, methodOf } from '#ledger/contracts/definitions.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CborValue } from '#ledger/core/codec.ts';
import { openLink } from '#agent/sealing.ts';
import type { Actor } from './actor.ts';
import { encryptionKeyOf, encryptionSecretOf } from './sample-people.ts';

const DELIVERY_MS_MAX = 120_000;
const SETTLEMENT_MS_MAX = 180_000;
const OPENING_MS_MAX = 30_000;
const PAUSE_MS = 500;

type Payload = { readonly [field: string]: CborValue };
type Prepared = Payload & { readonly descriptor: Uint8Array; readonly issue: bigint };

export interface Cast {
  readonly provider: Actor;
  readonly customer: Actor;
  readonly nodeProvider: Actor;
  /** Public origin of the sample agent's gateway. */
  readonly gateway: string;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
  say(sentence: string): void;
}

/** Asks for 6 hours where 2 are allowed: an outcome with the failing condition named, not a failed transaction. */
export async function refusedApplication(cast: Cast, resource: number): Promise<void> {
  const { customer, say } = cast;
  const args = await application(cast, {
    resource,
    durationMs: 21_600_000n,
    format: 'csv',
    callsMax: 20n,
    bytesMax: 5_000_000n,
    holdMicro: 12_000_000n,
  });
  const data = await customer.do('an application that the conditions refuse', { method: methodOf('Apply'), args });
  if (data['refused'] === undefined) throw new Error('The application for 6 hours was expected to be refused.');
  say('An application for 6 hours was refused: use must be at most 2 hours.');
}

/** One order from application to settlement, its rows fetched through the agent's gateway. */
export async function settledOrder(cast: Cast, resource: number): Promise<void> {
  const { customer, gateway, network, say } = cast;
  const args = await application(cast, {
    resource,
    durationMs: 300_000n,
    format: 'csv',
    callsMax: 10n,
    bytesMax: 1_000_000n,
    holdMicro: 500_000n,
  });
  const granted = await customer.do('an application that is granted', { method: methodOf('Apply'), args });
  const agreement = BigInt(String(granted['agreement']));
  say(`Order O-${agreement} was granted; waiting for the provider’s agent.`);
  const prepared = await customer.awaitEvent('the delivery', isPrepared(agreement), DELIVERY_MS_MAX);
  const { secretKey } = customer.key;
  const link = await openLink(prepared.descriptor, {
    binding: { network, agreement, encryptionKey: encryptionKeyOf(secretKey), issue: prepared.issue },
    secretKey: encryptionSecretOf(secretKey),
  });
  if (link === undefined) throw new Error(`The link of order O-${agreement} cannot be opened with the customer’s key.`);
  const bytes = await download(`${gateway}${link.path}`, link.token, customer);
  if (bytes !== null) {
    say(`Order O-${agreement}: ${bytes} bytes were downloaded through the gateway.`);
    await customer.do('an end by the customer', {
      method: methodOf('EndAgreement'),
      args: { agreement, reason: 'done' },
    });
  }
  await customer.awaitEvent('the settlement', isOf(agreement, 'AgreementSettled'), SETTLEMENT_MS_MAX);
  say(`Order O-${agreement} was settled.`);
}

/** The customer asks to become a provider; one of the two node providers votes for it, the other has yet to. */
export async function openRoleRequest(cast: Cast): Promise<void> {
  const requested = await cast.customer.do('a role request', {
    method: methodOf('RequestRole'),
    args: { role: 'NRP' },
  });
  const proposal = BigInt(String(requested['proposal']));
  await cast.nodeProvider.do('a vote on the role request', {
    method: methodOf('Vote'),
    args: { proposal, approve: true },
  });
  cast.say(`${cast.customer.person.name} asked for the provider role; ${cast.nodeProvider.person.name} voted for it.`);
}

async function application(
  cast: Cast,
  use: Pick<MethodArgs['Apply'], 'durationMs' | 'format' | 'callsMax' | 'bytesMax' | 'holdMicro'> & {
    resource: number;
  },
): Promise<MethodArgs['Apply']> {
  const { resource, ...rest } = use;
  return {
    resource: BigInt(resource),
    provider: BigInt(await cast.provider.account()),
    strategyVersion: 1n,
    purpose: 'planning',
    fieldOfBusiness: 'logistics',
    ...rest,
    encryptionKey: encryptionKeyOf(cast.customer.key.secretKey),
  };
}

/** Null when the order is over, by an earlier run or by its time. Waits while the gateway has yet to hear that the window is open. */
async function download(url: string, token: string, customer: Actor): Promise<number | null> {
  const request = (): Promise<Response> =>
    fetch(`${url}?order=date.desc&limit=365`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(30_000),
    });
  const deadlineMs = Date.now() + OPENING_MS_MAX;
  let response = await request();
  while (response.status === 503 && Date.now() < deadlineMs) {
    await sleep(PAUSE_MS);
    response = await request();
  }
  if (response.status === 410) return null;
  if (!response.ok) throw new Error(`The gateway answered ${response.status} to ${customer.person.name}.`);
  return (await response.arrayBuffer()).byteLength;
}

function isOf(agreement: bigint, type: string): (payload: Payload) => payload is Payload {
  return (payload): payload is Payload => payload['type'] === type && payload['agreement'] === agreement;
}

function isPrepared(agreement: bigint): (payload: Payload) => payload is Prepared {
  return (payload): payload is Prepared =>
    payload['type'] === 'AgreementPrepared' && payload['agreement'] === agreement;
}
