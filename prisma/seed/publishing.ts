import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig, type AgentConfig } from '#agent/config.ts';
import { loadKey, type AgentKey } from '#agent/key.ts';
import type { Outcome } from '#agent/outcome.ts';
import { signTest } from '#agent/registration.ts';
import { sealingKeyOf } from '#agent/payloads.ts';
import { measureRoundTrip } from '#agent/round-trip.ts';
import { testConfiguredSource, type DescribedSource } from '#agent/source-shelf.ts';
import { methodOf } from '#ledger/contracts/definitions.ts';
import { AGENT_METHODS } from '#lib/shared/agent-methods.ts';
import type { Actor } from './actor.ts';
import type { SampleAgent } from './agents.ts';
import { allowKey, must } from './allowed-key.ts';
import { publication, type Offer } from './offers.ts';

/** An agent that runs beside this program: its settings, and the key in its folder. */
export interface OpenAgent {
  readonly sample: SampleAgent;
  readonly config: AgentConfig;
  readonly key: AgentKey;
}

export function openAgent(home: string, sample: SampleAgent): OpenAgent {
  const config = must(loadConfig(join(home, sample.folder, 'config.json')));
  return { sample, config, key: must(loadKey(join(config.home, 'key.json'))) };
}

/** A provider with its agent, on this network (genesis hash, 32 bytes). */
export interface Provider {
  readonly owner: Actor;
  readonly agent: OpenAgent;
  readonly network: Uint8Array;
  say(sentence: string): void;
}

/** The owner allows its agent's key, for exactly what an agent has to do; the key's number. */
async function pairAgent({ owner, agent, network, say }: Provider): Promise<number> {
  const { key, config, sample } = agent;
  const step = `authorising ${sample.label}`;
  const number = await allowKey(owner, { key, label: config.label }, { step, methods: AGENT_METHODS, network });
  say(`${owner.person.name} authorised its agent’s key ${key.addressText}.`);
  return number;
}

/** Pairs a provider's agent and publishes what it offers; what this machine cannot serve is left out with a sentence. */
export async function publishAll(provider: Provider, resources: Map<Offer, number>): Promise<void> {
  const { say } = provider;
  const { dataSets, stores, computers, relays } = provider.agent.sample;
  const agentKey = await pairAgent(provider);
  for (const offer of [...dataSets, ...stores]) {
    resources.set(offer, await publish(provider, { offer, agentKey, tested: must(await testOf(provider, offer)) }));
  }
  for (const offer of [...computers, ...relays]) {
    const tested = await testOf(provider, offer);
    if (tested.ok) resources.set(offer, await publish(provider, { offer, agentKey, tested: tested.value }));
    else say(`${offer.source.title}: left out of the sample. ${tested.sentence}`);
  }
}

/** Tests a source with the agent's own code, in a folder of its own: the running agent has its own open. */
async function testOf({ agent: { config, key } }: Provider, { source }: Offer): Promise<Outcome<DescribedSource>> {
  const scratch = await mkdtemp(join(config.home, 'seed-'));
  try {
    const measure = (): Promise<Outcome<number>> => measureRoundTrip(config.portal);
    const of = { sourceId: source.sourceId, sealingKey: sealingKeyOf(key), measureRoundTrip: measure };
    return await testConfiguredSource({ ...config, home: scratch }, of);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Publishes what the agent's own test found, signed with its key; the resource's id. */
async function publish(
  { owner, agent, network, say }: Provider,
  of: { readonly offer: Offer; readonly agentKey: number; readonly tested: DescribedSource },
): Promise<number> {
  const { offer, agentKey, tested } = of;
  const { title, sourceId } = offer.source;
  const facts = { network, owner: await owner.account(), sourceId, testedAtMs: Date.now() };
  const args = publication(offer, { test: signTest(tested, facts, agent.key), agentKey });
  const published = await owner.do(`publishing ${sourceId}`, { method: methodOf('PublishResource'), args });
  say(`${title}: published. ${tested.sentence}`);
  return Number(published['resource']);
}
