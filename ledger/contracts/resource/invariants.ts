import { keyId } from '#ledger/contracts/shared/key-id.ts';
import type { StateScanner } from '#ledger/core/decision.ts';
import { resourceTables as tables } from './contract.ts';

/** Each resource has its listing; a source is on offer once, until it is retired. A sentence for each fact that does not hold. */
export function resourceInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const resources = state.scan(tables.resources);
  const offered = state.scan(tables.sources).flatMap(([id, sources]) => sources.map((source) => ({ id, ...source })));
  resources.forEach(([id, resource], index) => {
    claim(id === BigInt(index + 1), `resource ids are dense: ${id} stands at place ${index + 1}`);
    const listing = state.read(tables.listings, id);
    const isCounted = listing?.inUse.every(({ amount }) => amount >= 0n) ?? false;
    claim(isCounted, `resource ${id} has its listing`);
    const entries = offered.filter((source) => source.resource === id);
    claim(entries.length === (listing?.status === 'retired' ? 0 : 1), `resource ${id} is on offer until it is retired`);
    const isOwn = entries.every(({ id: key, sourceId }) => {
      return key === keyId(resource.owner, resource.agentKey) && sourceId === resource.sourceId;
    });
    claim(isOwn, `resource ${id} is on offer under its agent key and source`);
  });
  claim(state.scan(tables.listings).length === resources.length, 'every listing has its resource');
  const names = offered.map(({ id, sourceId }) => `${id}/${sourceId}`);
  claim(new Set(names).size === names.length, 'a source is on offer once');
  return broken;
}
