import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { deliveredLink } from '#agent/customer/delivered-link.ts';
import { encryptionKeyOf } from '#agent/encryption-key.ts';
import { sealPayloadKey } from '#agent/payload-sealing.ts';
import type { Payload } from '#agent/proved-events.ts';
import { methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import { equal, fromHex, toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { merkleRoot } from '#ledger/core/merkle.ts';
import { inputLeaf, resultLeaf } from '#ledger/core/payload.ts';
import type { Cast } from './history.ts';
import { pictureOf, sha256, type Picture } from './picture.ts';

const PLANS_MS_MAX = 30_000;
const TASK_MS_MAX = 180_000;
const ANSWER_MS_MAX = 30_000;
const PAUSE_MS = 500;
/** Each choice that comes too late gets fresh plans. */
const CHOICES_MAX = 5;
const EVENT_MS_MAX = 30_000;

const count = z.number().int().min(0);
const hex = z.string().regex(/^([0-9a-f]{2})*$/);

/** What is read of the portal's word for a demand; what is signed comes from the ledger's own events. */
const demandReply = z.object({
  status: z.string(),
  order: count.nullable(),
  plans: z.array(
    z.object({
      plan: count,
      aim: z.string(),
      parts: z.array(
        z.object({
          offer: z.object({
            resource: z.object({ id: count }),
            attributes: z.array(z.object({ name: z.string(), value: z.string() })),
          }),
        }),
      ),
    }),
  ),
});
type DemandReply = z.infer<typeof demandReply>;

const taskReply = z.object({
  ranges: z.array(
    z.object({
      range: count,
      first: count,
      count,
      runs: z.array(z.object({ agreement: count, state: z.string(), isRejected: z.boolean() })),
    }),
  ),
  agreements: z.array(z.object({ agreement: count, name: z.string(), gateway: z.string().nullable() })),
});
type TaskReply = z.infer<typeof taskReply>;

const resultsReply = z.object({
  results: z.array(z.object({ subtask: count, outcome: z.string(), exitCode: z.number().int(), output: hex })),
});

/**
 * A picture that no provider has room for alone: a demand with the program and its inputs sealed, the cheapest plan, and every result
 * fetched and held against the roots that the providers signed.
 */
export async function dividedTask(cast: Cast): Promise<void> {
  const { customer, network, say } = cast;
  const picture = await pictureOf(customer.person, network);
  const demand = await publishDemand(cast, picture);
  const order = await chooseCheapest(cast, { demand, picture });
  if (order === null) {
    say(`Demand D-${demand}: no plan meets it now; it waits for one.`);
    return;
  }
  const ended = await customer.events.await('the end of the task', isOfDemand(demand, 'TaskEnded'), TASK_MS_MAX);
  if (ended['outcome'] !== 'done') {
    say(`The task of D-${demand} ended as ${String(ended['outcome'])} (${String(ended['reason'])}).`);
    return;
  }
  const task = await readWhen(cast, `/api/v1/tasks/${order}`, taskReply, ({ ranges }) => ranges.every(finishedRun));
  let bytes = 0;
  for (const range of task.ranges) bytes += await fetchRange(cast, { demand, task, range, picture });
  const providers = new Set(task.ranges.map((range) => finishedRun(range)?.agreement)).size;
  say(
    `Demand D-${demand}: a picture of ${picture.inputs.length} tiles was made by ${providers} providers; its ${bytes} bytes are what they signed for.`,
  );
}

async function publishDemand({ customer }: Cast, { ciphertext, payload, demand }: Picture): Promise<bigint> {
  const reply = await customer.client.post('/api/v1/payloads', ciphertext);
  if (reply.kind !== 'done') throw new Error(`The program of the picture could not be sent: ${reply.sentence}`);
  const { digest } = z.object({ digest: hex }).parse(reply.body);
  if (digest !== toHex(payload)) throw new Error('The portal keeps another program than the one that was sent.');
  const published = await customer.do('a demand for a picture', { method: methodOf('PublishDemand'), args: demand });
  return BigInt(String(published['demand']));
}

/** The order that the cheapest plan became; null when there is no plan. */
async function chooseCheapest(
  cast: Cast,
  { demand, picture }: { readonly demand: bigint; readonly picture: Picture },
): Promise<number | null> {
  const { customer } = cast;
  for (let tries = 1; tries <= CHOICES_MAX; tries += 1) {
    const path = `/api/v1/demands/${demand}`;
    const known = await readWhen(cast, path, demandReply, ({ order, plans }) => order !== null || plans.length > 0);
    if (known.order !== null) return known.order;
    const plan = known.plans.find(({ aim }) => aim === 'cheapest');
    if (plan === undefined) return null;
    const step = `a choice of plan ${plan.plan}`;
    const args = await choiceOf(cast, { demand, picture, plan });
    const { agreement } = await customer.do(step, { method: methodOf('ChoosePlan'), args });
    // The first agreement of an order has the order's number.
    if (agreement !== undefined) return Number(agreement);
  }
  return null;
}

/** What the ledger has proved of the plan, with the payload's key sealed to every machine that may run tiles. */
async function choiceOf(
  { customer, network }: Cast,
  of: { readonly demand: bigint; readonly picture: Picture; readonly plan: DemandReply['plans'][number] },
): Promise<MethodArgs['ChoosePlan']> {
  const { demand, picture, plan } = of;
  const isWanted = (event: Payload): event is Payload =>
    isOfDemand(demand, 'PlansMade')(event) && plansIn(event).some((each) => each.plan === BigInt(plan.plan));
  const made = await customer.events.await('the plans', isWanted, EVENT_MS_MAX);
  const chosen = plansIn(made).find((each) => each.plan === BigInt(plan.plan));
  if (chosen === undefined) throw new Error('A plan was lost.');
  const resources = [...new Set(chosen.parts.map(({ resource }) => resource))];
  const keys = resources.map(async (resource) => {
    const offer = plan.parts.find((part) => BigInt(part.offer.resource.id) === resource)?.offer;
    const sealingKey = fromHex(offer?.attributes.find(({ name }) => name === 'sealingKey')?.value ?? '');
    if (sealingKey === undefined) throw new Error(`R-${resource} names no key that programs are sealed to.`);
    const { key, payload } = picture;
    return { resource, sealed: await sealPayloadKey(key, { sealingKey, network, resource, payload }) };
  });
  const { parts, holdMicro, feeMicro, by } = chosen;
  const encryptionKey = encryptionKeyOf(customer.key.secretKey);
  const signed = { parts, holdMicro, feeMicro, broker: by, encryptionKey, voucherKey: NO_VOUCHER_KEY };
  return { demand, plan: chosen.plan, ...signed, keys: await Promise.all(keys) };
}

interface Plan extends Pick<MethodArgs['ChoosePlan'], 'plan' | 'parts' | 'holdMicro' | 'feeMicro'> {
  /** Account of its broker; 0: the contract itself. */
  readonly by: bigint;
}

/** The event is proved, so that its plans are of the definition's shape. */
function plansIn(event: Payload): readonly Plan[] {
  return event['plans'] as unknown as readonly Plan[];
}

function isOfDemand(demand: bigint, type: string): (event: Payload) => event is Payload {
  return (event): event is Payload => event['type'] === type && event['demand'] === demand;
}

type Range = TaskReply['ranges'][number];

/** The run whose result stands. */
function finishedRun({ runs }: Range): Range['runs'][number] | undefined {
  return runs.find(({ state, isRejected }) => state === 'finished' && !isRejected);
}

/** Fetches a range's results from the gateway of whoever ran it; the bytes of all outputs. Throws when one is not what the provider signed for. */
async function fetchRange(
  { customer, network }: Cast,
  of: { readonly demand: bigint; readonly task: TaskReply; readonly range: Range; readonly picture: Picture },
): Promise<number> {
  const { demand, task, range, picture } = of;
  const agreement = finishedRun(range)?.agreement ?? 0;
  const { name, gateway } = task.agreements.find((each) => each.agreement === agreement) ?? { name: '', gateway: '' };
  const isSigned = (event: Payload): event is Payload =>
    isOfDemand(demand, 'RangeFinished')(event) &&
    event['range'] === BigInt(range.range) &&
    event['agreement'] === BigInt(agreement);
  const signed = await customer.events.await('what was signed of a range', isSigned, EVENT_MS_MAX);
  const by = { events: customer.events, secretKey: customer.key.secretKey, network };
  const { link } = await deliveredLink(BigInt(agreement), by);
  const get = (path: string): Promise<Response> => fetchWith(link.token, `${gateway}${link.path}${path}`);
  const { results } = resultsReply.parse(await (await get(`/ranges/${range.range}/results`)).json());
  const inputs = picture.inputs.slice(range.first, range.first + range.count);
  requireRoot(
    signed['inputRoot'],
    inputs.map((input) => inputLeaf(input, nobleCrypto)),
    `the inputs of ${name}`,
  );
  requireRoot(
    signed['resultRoot'],
    results.map((result) => resultLeaf({ ...result, output: fromHex(result.output) ?? new Uint8Array() })),
    `the results of ${name}`,
  );
  let bytes = 0;
  for (const { subtask, output } of results) {
    const body = new Uint8Array(await (await get(`/subtasks/${subtask}/output`)).arrayBuffer());
    if (toHex(sha256(body)) !== output) throw new Error(`Tile ${subtask} is not what ${name} signed for.`);
    bytes += body.length;
  }
  return bytes;
}

function requireRoot(signed: unknown, leaves: readonly Uint8Array[], what: string): void {
  if (signed instanceof Uint8Array && equal(signed, merkleRoot(leaves, nobleCrypto))) return;
  throw new Error(`The root that was signed does not bind ${what}.`);
}

async function fetchWith(token: string, url: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  if (!response.ok) throw new Error(`A gateway answered ${response.status} where a result was asked for.`);
  return response;
}

/** Asks the portal until it has read far enough in the ledger; what it said last after PLANS_MS_MAX. */
async function readWhen<Shape extends z.ZodType>(
  { customer }: Cast,
  path: string,
  shape: Shape,
  isFarEnough: (body: z.infer<Shape>) => unknown,
): Promise<z.infer<Shape>> {
  const untilMs = Date.now() + PLANS_MS_MAX;
  for (;;) {
    const reply = await customer.client.get(path);
    const body = reply.kind === 'done' ? shape.parse(reply.body) : undefined;
    if (body !== undefined && (isFarEnough(body) || Date.now() > untilMs)) return body;
    if (Date.now() > untilMs) throw new Error(`${path} was asked for in vain.`);
    await sleep(PAUSE_MS);
  }
}
