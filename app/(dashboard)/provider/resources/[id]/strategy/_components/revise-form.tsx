'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useState } from 'react';
import { kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { StrategyFacts } from '#components/ledger/strategy-facts.tsx';
import { pricesInWords } from '#components/ledger/strategy-words.ts';
import { changesOf, type Change, type SharedTerms } from '#components/strategy/changes.ts';
import { ConditionsStep } from '#components/strategy/conditions-step.tsx';
import { strategyFrom } from '#components/strategy/kept.ts';
import { PriceStep } from '#components/strategy/price-step.tsx';
import { draftOf, parseTerms, previewOf, type StrategyDraft } from '#components/strategy/terms.ts';
import { Button } from '#components/ui/button.tsx';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { DraftNewsNote } from '#components/ui/note.tsx';
import type { Fact } from '#components/ui/facts.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import { useFirstWrongField } from '#components/ui/first-wrong-field.ts';
import { useKeptDraft } from '#components/ui/kept-draft.ts';
import { Panel, Section } from '#components/ui/page-header.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { revisionArgs } from '#components/wallet/publication.ts';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import type { AccountRef, ResourceDetail, RevisionFacts } from '#lib/shared/dto.ts';
import { findAccounts } from '../../../../actions.ts';
import { ChangeTable, ForWhom, NotChanged } from './revision.tsx';

type Revised = Pick<ResourceDetail, 'id' | 'kind' | 'attributes' | 'capacity' | 'free' | 'tags' | 'strategy'>;

export interface ReviseFormProps {
  address: string;
  resource: Revised;
  facts: RevisionFacts;
  /** Accounts that the strategy in force names. */
  partners: readonly AccountRef[];
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
  serverTimeMs: number;
}

/** The strategy in force as a draft, with the names of whom it names. */
function draftInForce(kind: ShownKind, { resource, partners }: ReviseFormProps): StrategyDraft {
  const draft = draftOf(kind, resource.strategy, resource.capacity);
  const named = draft.conditions.partners.map(({ id }) => ({
    id,
    name: partners.find((account) => account.id === id)?.name ?? '',
  }));
  return {
    ...draft,
    ways: kind.screen.fitWays(draft.ways, resource.attributes),
    conditions: { ...draft.conditions, partners: named },
  };
}

/** The draft of the next version, what it would change, and its signature. */
function useRevision(props: ReviseFormProps) {
  const { address, resource, serverTimeMs } = props;
  const kind = kindOf(resource.kind);
  const { version } = resource.strategy;
  const [inForce] = useState(() => draftInForce(kind, props));
  const parse = useCallback(
    (text: string) => strategyFrom(kindOf(resource.kind), text, inForce),
    [resource.kind, inForce],
  );
  // Of this version: what was begun for an earlier one is not brought over it.
  const kept = useKeptDraft(`revise:${resource.id}:${version}:${address}`, parse);
  const action = useSignedAction('ReviseStrategy', address);
  const parsed = parseTerms(kind, kept.draft, resource.attributes);
  const before: SharedTerms = { strategy: resource.strategy, capacity: resource.capacity };
  const after: SharedTerms | undefined = parsed.ok
    ? {
        strategy: previewOf(parsed.terms.strategy, { version: version + 1, nowMs: serverTimeMs }),
        capacity: parsed.terms.capacity.map(toQuantityDto),
      }
    : undefined;
  return {
    kind,
    inForce,
    kept,
    action,
    errors: parsed.ok ? {} : parsed.errors,
    args: parsed.ok ? revisionArgs(resource.id, parsed.terms) : undefined,
    before,
    after,
    changes: after ? changesOf(kind, before, after) : [],
  };
}

/** The changes as the dialog before the signature says them; the price stands there whether it changes or not. */
function confirmedFacts(
  kind: ShownKind,
  of: { resource: number; changes: readonly Change[]; after: SharedTerms },
): Fact[] {
  const { resource, changes, after } = of;
  const price = { name: 'Price, as it was', value: pricesInWords(kind, after.strategy.prices) };
  return [
    { name: 'Resource', value: resourceLabel(resource) },
    ...changes.map(({ what, before: old, after: now }) => ({
      name: what,
      value: `${old ?? 'not asked for'} → ${now ?? 'no longer asked for'}`,
    })),
    ...(changes.some(({ what }) => what === 'Price') ? [] : [price]),
  ];
}

/** What is signed becomes the next version; what changes by it, and for whom, stands above the signature in words. */
export function ReviseForm(props: ReviseFormProps) {
  const { resource, purposes, fieldsOfBusiness } = props;
  const router = useRouter();
  const { kind, inForce, kept, action, args, before, after, changes, ...parsed } = useRevision(props);
  const { version } = resource.strategy;
  const [hasTried, setHasTried] = useState(false);
  const { form, focusFirstWrong } = useFirstWrongField<HTMLFormElement>();
  const shared = { draft: kept.draft, onChange: kept.keep, errors: hasTried ? parsed.errors : {}, kind };

  async function revise() {
    setHasTried(true);
    if (!args || !after) {
      focusFirstWrong();
      return;
    }
    if (changes.length === 0) return;
    const about = confirmedFacts(kind, { resource: resource.id, changes, after });
    if (!(await action.run(args, about)).ok) return;
    kept.forget();
    router.push(`/catalogue/${resource.id}`);
  }

  return (
    <form
      ref={form}
      aria-label="Strategy"
      onSubmit={(event) => {
        event.preventDefault();
        void revise();
      }}
    >
      <DraftNewsNote news={kept.news} />
      <ConditionsStep
        {...shared}
        attributes={resource.attributes}
        purposes={purposes}
        fieldsOfBusiness={fieldsOfBusiness}
        findAccounts={findAccounts}
        inForce={{ draft: inForce, version }}
      />
      <Section title="Price">
        <PriceStep {...shared} inForce={{ draft: inForce, version }} />
      </Section>
      <Section title="What changes">
        {after ? <ChangeTable changes={changes} /> : <p className="text-muted">A field is not complete yet.</p>}
      </Section>
      {after && changes.length > 0 ? <Consequences {...props} kind={kind} before={before} after={after} /> : null}
      <Section title="Sign">
        <Panel className="flex flex-col gap-4">
          <WhatItDoes method="ReviseStrategy" />
          <NotChanged kind={kind} />
          <SigningNote step={action.step} sentence={action.sentence} />
          <div>
            <Button
              type="submit"
              variant="primary"
              size="lg"
              isPending={action.isPending}
              isDisabled={after !== undefined && changes.length === 0}
            >
              {`Sign version ${version + 1}`}
            </Button>
          </div>
          <ApiCall method="ReviseStrategy" args={args} />
        </Panel>
      </Section>
    </form>
  );
}

interface ConsequencesProps extends ReviseFormProps {
  kind: ShownKind;
  before: SharedTerms;
  after: SharedTerms;
}

/** For whom it changes, and the whole of it as customers will read it. */
function Consequences({ kind, before, after, resource, facts, serverTimeMs }: ConsequencesProps) {
  return (
    <>
      <Section title="For whom">
        <Panel>
          <ForWhom
            kind={kind}
            before={before}
            after={after}
            facts={facts}
            tags={resource.tags}
            free={resource.free}
            nowMs={serverTimeMs}
          />
        </Panel>
      </Section>
      <div className="mt-4">
        <Disclosure summary="The whole strategy as customers will see it">
          <StrategyFacts
            strategy={after.strategy}
            kind={resource.kind}
            capacity={after.capacity}
            attributes={resource.attributes}
            isDraft
          />
        </Disclosure>
      </div>
    </>
  );
}
