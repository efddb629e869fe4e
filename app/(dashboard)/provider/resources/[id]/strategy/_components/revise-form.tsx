'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { kindOf } from '#components/kinds/kinds.ts';
import { PriceList } from '#components/ledger/price-list.tsx';
import { StrategyFacts } from '#components/ledger/strategy-facts.tsx';
import { ConditionsStep } from '#components/strategy/conditions-step.tsx';
import { PriceStep } from '#components/strategy/price-step.tsx';
import { draftOf, parseTerms, previewOf, type StrategyTerms } from '#components/strategy/terms.ts';
import { Button } from '#components/ui/button.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import { useFirstWrongField } from '#components/ui/first-wrong-field.ts';
import { Panel, Section } from '#components/ui/page-header.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { revisionArgs } from '#components/wallet/publication.ts';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { toPriceDto, toQuantityDto } from '#lib/shared/amounts-dto.ts';
import type { ResourceDetail } from '#lib/shared/dto.ts';

type Revised = Pick<ResourceDetail, 'id' | 'kind' | 'attributes' | 'capacity' | 'strategy'>;

export interface ReviseFormProps {
  address: string;
  resource: Revised;
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
  serverTimeMs: number;
}

/** The strategy in force as a draft; what is signed becomes the next version. */
export function ReviseForm({ address, resource, purposes, fieldsOfBusiness, serverTimeMs }: ReviseFormProps) {
  const router = useRouter();
  const kind = kindOf(resource.kind);
  const [draft, setDraft] = useState(() => draftOf(kind, resource.strategy, resource.capacity));
  const [hasTried, setHasTried] = useState(false);
  const { form, focusFirstWrong } = useFirstWrongField<HTMLFormElement>();
  const action = useSignedAction('ReviseStrategy', address);
  const parsed = parseTerms(kind, draft);
  const errors = hasTried && !parsed.ok ? parsed.errors : {};
  const args = parsed.ok ? revisionArgs(resource.id, parsed.terms) : undefined;

  async function revise() {
    setHasTried(true);
    if (!args) {
      focusFirstWrong();
      return;
    }
    const prices = args.strategy.prices.map(toPriceDto);
    const about = [
      { name: 'Resource', value: resourceLabel(resource.id) },
      ...kind.screen.wayFacts(args.strategy.ways),
      { name: 'Price', value: <PriceList prices={prices} kind={resource.kind} /> },
    ];
    if ((await action.run(args, about)).ok) router.push(`/catalogue/${resource.id}`);
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
      <ConditionsStep
        draft={draft}
        onChange={setDraft}
        errors={errors}
        kind={kind}
        attributes={resource.attributes}
        purposes={purposes}
        fieldsOfBusiness={fieldsOfBusiness}
      />
      <Section title="Price">
        <PriceStep draft={draft} onChange={setDraft} errors={errors} kind={kind} />
      </Section>
      <Section title="As customers will see it">
        <Panel className="flex flex-col gap-4">
          {parsed.ok ? (
            <NextVersion terms={parsed.terms} resource={resource} nowMs={serverTimeMs} />
          ) : (
            <p className="text-muted">A field is not complete yet.</p>
          )}
          <WhatItDoes method="ReviseStrategy" />
          <SigningNote step={action.step} sentence={action.sentence} />
          <div>
            <Button type="submit" variant="primary" size="lg" isPending={action.isPending}>
              Sign the new strategy
            </Button>
          </div>
          <ApiCall method="ReviseStrategy" args={args} />
        </Panel>
      </Section>
    </form>
  );
}

function NextVersion({ terms, resource, nowMs }: { terms: StrategyTerms; resource: Revised; nowMs: number }) {
  const version = resource.strategy.version + 1;
  return (
    <StrategyFacts
      strategy={previewOf(terms.strategy, { version, nowMs })}
      kind={resource.kind}
      capacity={terms.capacity.map(toQuantityDto)}
      attributes={resource.attributes}
    />
  );
}
