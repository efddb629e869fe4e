import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { isRelayAddress, relayUserOf } from '#ledger/contracts/kinds/connection.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import { accessKeyOf, isBucketName, REGION } from '#ledger/contracts/kinds/storage.ts';
import type { DeliveredLink } from './delivered-link.ts';

const OPENING_MS_MAX = 30_000;
const ANSWER_MS_MAX = 15_000;
const PAUSE_MS = 500;

/** What a gateway says of an order, beside what its kind adds. */
const stateSchema = z.looseObject({ endsAtMs: z.number().int().min(0) });
/** What that of a store adds. Commands are written with it: no other text may come in. */
const storeSchema = z.object({ region: z.string().regex(REGION), bucket: z.string().refine(isBucketName) });
/** What that of a relay adds. */
const relaySchema = z.object({ relay: z.string().refine(isRelayAddress) });

type Variables = Readonly<Record<string, string>>;

/** How an order is used: what its gateway says of it, and the variables that a command is run with. */
export interface Access {
  readonly agreement: number;
  /** Everything behind it is opened by the token. */
  readonly url: string;
  /** The order itself at its gateway. */
  readonly orderUrl: string;
  readonly token: string;
  readonly endsAtMs: number;
  readonly environment: Variables;
}

type State = z.infer<typeof stateSchema>;

/** Variables that programs of a kind's own protocol look for, beside those that every kind has; undefined when the gateway's word is none. */
const OWN_VARIABLES: Partial<
  Record<
    KindName,
    (of: { state: State; issue: number; agreement: number; token: string; gateway: string }) => Variables | undefined
  >
> = {
  connection({ state, agreement, token }) {
    const said = relaySchema.safeParse(state);
    if (!said.success) return undefined;
    const { relay } = said.data;
    const way = `${relayUserOf(agreement)}:${token}@${relay}`;
    return { INTERPOOL_RELAY: relay, HTTPS_PROXY: `http://${way}`, ALL_PROXY: `socks5h://${way}` };
  },
  storage({ state, issue, agreement, token, gateway }) {
    const store = storeSchema.safeParse(state);
    if (!store.success) return undefined;
    return {
      AWS_ACCESS_KEY_ID: accessKeyOf({ agreement, issue }),
      AWS_SECRET_ACCESS_KEY: token,
      AWS_REGION: store.data.region,
      AWS_ENDPOINT_URL_S3: gateway,
      INTERPOOL_BUCKET: store.data.bucket,
    };
  },
};

/** Every other kind is used by its link alone. */
const noVariables = (): Variables => ({});

/** Asks the gateway until the window is open, at most half a minute. */
export async function openAccess(
  { link, issue }: DeliveredLink,
  of: { readonly agreement: bigint; readonly kind: string; readonly gateway: string },
): Promise<Outcome<Access>> {
  const agreement = Number(of.agreement);
  const orderUrl = `${of.gateway}/v1/agreements/${agreement}`;
  const stated = await readState(orderUrl, link.token);
  if (!stated.ok) return stated;
  const state = stated.value;
  const url = `${of.gateway}${link.path}`;
  const ownOf = OWN_VARIABLES[of.kind as KindName] ?? noVariables;
  const own = ownOf({ state, issue: Number(issue), agreement, token: link.token, gateway: of.gateway });
  if (own === undefined) return failed(`The gateway’s answer about O-${agreement} was not understood.`);
  return done({
    agreement,
    url,
    orderUrl,
    token: link.token,
    endsAtMs: state.endsAtMs,
    environment: { INTERPOOL_ORDER: `O-${agreement}`, INTERPOOL_URL: url, INTERPOOL_TOKEN: link.token, ...own },
  });
}

async function readState(url: string, token: string): Promise<Outcome<State>> {
  const deadlineMs = Date.now() + OPENING_MS_MAX;
  for (;;) {
    try {
      const response = await fetch(url, {
        headers: { authorization: `Bearer ${token}` },
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      const body: unknown = await response.json();
      const state = stateSchema.safeParse(body);
      if (response.ok)
        return state.success ? done(state.data) : failed(`The gateway’s answer at ${url} was not understood.`);
      if (response.status !== 503 || Date.now() > deadlineMs) return failed(refusalIn(body, response.status));
    } catch (error) {
      if (Date.now() > deadlineMs) return failed(`The gateway at ${url} did not answer: ${reasonOf(error)}`);
    }
    await sleep(PAUSE_MS);
  }
}

function refusalIn(body: unknown, status: number): string {
  const { detail, title } = (body ?? {}) as { detail?: unknown; title?: unknown };
  return `The gateway answered ${status}: ${String(detail ?? title ?? 'without a reason')}`;
}
