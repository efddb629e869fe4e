import * as agreement from '#ledger/contracts/agreement/contract.ts';
import { agreementDefinition } from '#ledger/contracts/agreement/definition.ts';
import { findMethod, type ContractEvent } from '#ledger/contracts/definitions.ts';
import { agreementNeeds } from '#ledger/contracts/needs.ts';
import * as registry from '#ledger/contracts/registry.ts';

type Needs = agreement.AgreementNeeds<ContractEvent>;

/** A resource on which uses store something, and how long that stays after their end. */
export interface Storing {
  readonly resource: bigint;
  readonly graceMs: bigint;
}

function needsOf(needs: Needs, storing: Storing): Needs {
  return {
    ...needs,
    offer: (id) => {
      const offer = needs.offer(id);
      if (offer === undefined || id !== storing.resource) return offer;
      // Room of any size, where a data set has one place a use.
      return { ...offer, kind: { ...offer.kind, areAmountsSound: () => true } };
    },
    graceMs: (record) => (record.resource === storing.resource ? storing.graceMs : needs.graceMs(record)),
    at: (state) => needsOf(needs.at(state), storing),
  };
}

/** All contracts as the registry wires them, but that one resource is as of a kind that stores something of its customers'. */
export function storingRules(storing: Storing): Pick<typeof registry, 'decide' | 'due'> {
  return {
    decide: (state, transaction, ctx, offers) => {
      const { method, args } = transaction;
      if (findMethod(method)?.contract !== agreementDefinition.id)
        return registry.decide(state, transaction, ctx, offers);
      const needs = needsOf(agreementNeeds(state, registry.evolve), storing);
      return agreement.decide(state, { method, args } as never, ctx, needs);
    },
    due: (state, item, ctx, offers) => {
      if (item.contract !== agreementDefinition.id) return registry.due(state, item, ctx, offers);
      return agreement.due(state, item, ctx, needsOf(agreementNeeds(state, registry.evolve), storing));
    },
  };
}
