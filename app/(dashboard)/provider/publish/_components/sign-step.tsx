'use client';

import { useRouter } from 'next/navigation';
import { kindOf } from '#components/kinds/kinds.ts';
import { PriceList } from '#components/ledger/price-list.tsx';
import type { StrategyTerms } from '#components/strategy/terms.ts';
import type { Words } from '#components/strategy/words.ts';
import { Button } from '#components/ui/button.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Note } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { publicationArgs } from '#components/wallet/publication.ts';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { toPriceDto } from '#lib/shared/amounts-dto.ts';
import { resourceCodes } from '#ledger/contracts/resource/definition.ts';
import type { DoneTest } from './use-kept-test.ts';

export interface SignStepProps {
  address: string;
  words: Words;
  terms: StrategyTerms;
  test: DoneTest;
  /** The ledger takes the test no more. */
  isExpired: boolean;
  onTestAgain: () => void;
  onPublished: () => void;
}

export function SignStep({ address, words, terms, test, isExpired, onTestAgain, onPublished }: SignStepProps) {
  const router = useRouter();
  const action = useSignedAction('PublishResource', address);
  const args = publicationArgs({ words, test, terms });
  async function publish() {
    if (!args) return;
    const prices = args.strategy.prices.map(toPriceDto);
    const result = await action.run(args, [
      { name: 'Resource', value: <Foreign text={args.title} /> },
      ...kindOf(args.kind).screen.wayFacts(args.strategy.ways),
      { name: 'Price', value: <PriceList prices={prices} kind={args.kind} /> },
    ]);
    if (result.ok) {
      onPublished();
      router.push(`/catalogue/${result.data.resource ?? ''}`);
    } else if (result.code === resourceCodes.TEST_TOO_OLD) onTestAgain();
  }
  return (
    <Panel className="flex flex-col gap-4">
      <WhatItDoes method="PublishResource" />
      <p>
        One signature puts the description, the agent’s signed test and the sharing strategy on the ledger. From then on
        anyone who meets the conditions can apply, and your agent serves them by itself.
      </p>
      <Note kind="info">
        Everything in the description and the strategy is public and stays in the ledger’s history. What you share does
        not leave your site by that.
      </Note>
      <SigningNote step={action.step} sentence={action.sentence} />
      <div>
        <Button
          variant="primary"
          size="lg"
          isDisabled={!args || isExpired}
          isPending={action.isPending}
          onPress={() => void publish()}
        >
          Sign and publish
        </Button>
      </div>
      <ApiCall method="PublishResource" args={args} />
    </Panel>
  );
}
