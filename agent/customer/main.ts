import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAnchor } from '#agent/anchor.ts';
import { lockHome } from '#agent/home-lock.ts';
import { lookUpKey } from '#agent/key-lookup.ts';
import { loadKey, offerText } from '#agent/key.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { isOf, ProvedEvents, type Payload } from '#agent/proved-events.ts';
import type { SignedVoucher } from '#agent/voucher-signer/offer.ts';
import { SignedVouchers } from '#agent/voucher-signer/signed-vouchers.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import { openAccess, type Access } from './access.ts';
import { readAsked, USAGE, type Asked, type Use } from './asked.ts';
import { Closing } from './closing.ts';
import { runCommand } from './command.ts';
import { deliveredLink } from './delivered-link.ts';
import { Paying } from './paying.ts';
import { buy, checkNetwork, checkUse, endPurchase, readOffer, sign, type Buyer } from './purchase.ts';

/** How long the owner has to allow the key at its first start. */
const ALLOWED_MS_MAX = 600_000;
const LOOK_MS = 2_000;
const ORDER_MS_MAX = 20_000;

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}

async function main(asked: Asked): Promise<number> {
  const anchor = must(loadAnchor(join(asked.home, 'anchor.json')));
  const key = must(loadKey(join(asked.home, 'key.json')));
  const network = anchor.genesisHash;
  const client = new PortalClient(asked.portal, { network: toHex(network), key });
  const buyer: Buyer = { client, events: new ProvedEvents(client, anchor), key, network };
  // What cannot be bought is said before anybody is asked to allow anything.
  must(await checkNetwork(client, network));
  if ('buy' in asked.what) must(await checkUse(asked.what.buy, client));
  must(await awaitAllowed(asked, buyer));
  const kept = must(SignedVouchers.open(join(asked.home, 'vouchers.journal')));
  const closing = closingOf(buyer, anchor);
  const own = 'order' in asked.what ? Number(asked.what.order) : null;
  // Also what an earlier run signed and was stopped before it could show; what this one signs is added when it is over.
  closing.add(...kept.newest().filter(({ agreement }) => agreement !== own));
  if ('close' in asked.what) {
    await closing.run();
    return 0;
  }
  const earlier = closing.run();
  const { code, last } = await use(asked, buyer, kept);
  await earlier;
  if (last !== null) {
    closing.add(last);
    await closing.run();
  }
  return code;
}

/** Shows vouchers of ended orders; it reads the ledger's events for itself. */
function closingOf(buyer: Buyer, anchor: Anchor): Closing {
  return new Closing({
    events: new ProvedEvents(buyer.client, anchor),
    sign: (command) => sign(command, buyer),
    say,
    nowMs: () => Date.now(),
  });
}

/** Buys or takes up an order, lets the command use it, and pays meanwhile; the command's code and the last voucher that was signed. */
async function use(
  asked: Asked,
  buyer: Buyer,
  kept: SignedVouchers,
): Promise<{ readonly code: number; readonly last: SignedVoucher | null }> {
  const access = await obtain(asked, buyer);
  const { rule } = asked;
  const paying = rule === null ? null : must(await Paying.open(access, { buyer, kept, rule }, say));
  paying?.begin();
  if (asked.command.length === 0) {
    process.stdout.write(`${JSON.stringify(access)}\n`);
    if (paying !== null) {
      await untilOver(access, buyer);
      await paying.finish();
    }
    return { code: 0, last: paying?.last ?? null };
  }
  let code = 1;
  try {
    code = await runCommand(asked.command, access);
  } finally {
    if (!asked.isKept) {
      const ended = await endPurchase(BigInt(access.agreement), buyer);
      say(
        ended.ok
          ? `Order O-${access.agreement} was ended; what it did not use is not charged.`
          : `Order O-${access.agreement} was not ended: ${ended.sentence}`,
      );
    }
    await paying?.finish();
  }
  return { code, last: paying?.last ?? null };
}

/** The end of the order, as the ledger proves it or by its window, or a signal that stops this program. */
async function untilOver({ agreement, endsAtMs }: Access, { events }: Buyer): Promise<void> {
  const stopped = new AbortController();
  const { signal } = stopped;
  const stop = (): void => stopped.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const aborted = new Promise<boolean>((resolve) => signal.addEventListener('abort', () => resolve(true)));
  const isEnded = async (): Promise<boolean> => {
    // While the portal is away, or proves nothing, the order goes on.
    const known = await events.upToNow().catch(() => []);
    return known.some(isOf(BigInt(agreement), 'AgreementEnded'));
  };
  while (Date.now() < endsAtMs && !signal.aborted) {
    if (await Promise.race([isEnded(), aborted])) return;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** At the first start nobody has allowed the key yet: says where its owner does, and waits for it. */
async function awaitAllowed(
  { portal, account, label }: Asked,
  { client, key, network }: Buyer,
): Promise<Outcome<null>> {
  const untilMs = Date.now() + ALLOWED_MS_MAX;
  let isSaid = false;
  for (;;) {
    const known = await lookUpKey(client, key.addressText);
    if (known !== null && BigInt(known.account) === account) return done(null);
    if (known !== null) return failed(`This key acts for A-${known.account}: use another --home for A-${account}.`);
    if (Date.now() > untilMs) return failed('Nobody allowed this key within ten minutes. Start again when you can.');
    if (!isSaid) {
      const offer = offerText(key, { network, account: Number(account) }, label);
      say(`This key may not act for A-${account} yet. Its owner allows it within ten minutes, on this page:`);
      say(`${portal}/customer/programs?offer=${encodeURIComponent(offer)}`);
      say('or by this offer, pasted there:');
      say(offer);
      isSaid = true;
    }
    await sleep(LOOK_MS);
  }
}

/** Buys, or takes the order that was named, and waits until its link opens. */
async function obtain({ what, rule }: Asked, buyer: Buyer): Promise<Access> {
  if ('close' in what) throw new Error('Nothing is bought where only vouchers are shown.');
  const agreement = 'buy' in what ? await place({ use: what.buy, isPaying: rule !== null }, buyer) : what.order;
  const { kind, resource } = await buyer.events.await(
    `O-${agreement}, which is not among the orders of this account`,
    isReserved(agreement),
    ORDER_MS_MAX,
  );
  const { gateway } = must(await readOffer(buyer.client, resource));
  if (gateway === null) throw new Error(`The portal knows no gateway for R-${resource}.`);
  const link = await deliveredLink(agreement, { ...buyer, secretKey: buyer.key.secretKey });
  return must(await openAccess(link, { agreement, kind, gateway }));
}

async function place(wanted: { use: Use; isPaying: boolean }, buyer: Buyer): Promise<bigint> {
  const agreement = must(await buy(wanted, must(await readOffer(buyer.client, wanted.use.resource)), buyer));
  say(`Order O-${agreement} was granted; waiting for the provider’s agent.`);
  return agreement;
}

type Reserved = Payload & { readonly kind: string; readonly resource: bigint };

function isReserved(agreement: bigint): (payload: Payload) => payload is Reserved {
  return (payload): payload is Reserved => isOf(agreement, 'AgreementReserved')(payload);
}

const given = process.argv.slice(2);
const isHelp = given.includes('--help') && !given.slice(0, given.indexOf('--help')).includes('--');
if (isHelp || given.length === 0) {
  say(USAGE);
  process.exit(isHelp ? 0 : 2);
}
const asked = readAsked(given);
if (!asked.ok) {
  say(asked.sentence);
  process.exit(2);
}
try {
  const home = resolve(asked.value.home);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const lock = must(lockHome(home, 'program'));
  process.exitCode = await main({ ...asked.value, home });
  lock.release();
} catch (error) {
  say(reasonOf(error));
  process.exitCode = 1;
}
