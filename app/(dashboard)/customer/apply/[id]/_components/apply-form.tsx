'use client';

import { useState } from 'react';
import { FailedConditions } from '#components/ledger/failed-conditions.tsx';
import {
  firstDraft,
  parseUse,
  type IntendedUse,
  type ParsedUse,
  type UseDraft,
} from '#components/ledger/intended-use.ts';
import { PriceList } from '#components/ledger/price-list.tsx';
import { holdMicroFor } from '#components/ledger/prices.ts';
import { UseFields } from '#components/ledger/use-fields.tsx';
import { kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { Text } from '#components/ui/text.tsx';
import { useServerNow } from '#components/ui/use-server-time.ts';
import { openDocument } from '#components/ui/document.ts';
import type { Fact } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { durationInWords, resourceLabel } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { publicKeyOf } from '#components/wallet/encryption-key.ts';
import { EncryptionKeySetup } from '#components/wallet/encryption-key-setup.tsx';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useEncryptionKey } from '#components/wallet/use-encryption-key.ts';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import type { QuantityDto, RefusalDto, StrategyDto, TermDto } from '#lib/shared/dto.ts';
import { findRefusal } from '../actions.ts';
import { ApplyReview, endsAtLatest, howCharged, paidInWords } from './apply-review.tsx';

export interface ApplyFormProps {
  address: string;
  registeredKey: string;
  resource: {
    id: number;
    title: string;
    provider: number;
    kind: string;
    attributes: readonly TermDto[];
    strategy: StrategyDto;
    free: readonly QuantityDto[];
  };
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
  balanceMicro: string;
  deliveryMs: number;
  contestMs: number;
  serverTimeMs: number;
}

function argsOf(
  resource: ApplyFormProps['resource'],
  use: IntendedUse,
  encryptionKey: Uint8Array,
): MethodArgs['Apply'] {
  return {
    resource: BigInt(resource.id),
    provider: BigInt(resource.provider),
    strategyVersion: BigInt(resource.strategy.version),
    purpose: use.purpose,
    fieldOfBusiness: use.fieldOfBusiness,
    durationMs: BigInt(use.durationMs),
    choices: use.choices,
    amounts: use.amounts,
    holdMicro: holdMicroFor(resource.strategy.prices, use),
    continues: 0n,
    encryptionKey,
  };
}

/** What the customer is about to buy, for how much and until when, beside the sum that is held. */
function aboutUse({ resource, deliveryMs, contestMs }: ApplyFormProps, use: IntendedUse, nowMs: number): Fact[] {
  return [
    {
      name: 'For',
      value: (
        <>
          <Foreign text={resource.title} />
          <Text>{` (${resourceLabel(resource.id)})`}</Text>
        </>
      ),
    },
    { name: 'Price', value: <PriceList prices={resource.strategy.prices} kind={resource.kind} /> },
    { name: 'Charged', value: howCharged(resource.strategy, kindOf(resource.kind)) },
    { name: 'Lasts', value: `${durationInWords(use.durationMs)} from delivery` },
    { name: 'Ends at the latest', value: endsAtLatest(use, { deliveryMs, nowMs }) },
    { name: 'Paid', value: paidInWords(contestMs) },
  ];
}

/** Length and amounts decide the price; the review need not wait for purpose and field. */
function pricedUse(kind: ShownKind, draft: UseDraft): ParsedUse {
  const { purpose, fieldOfBusiness } = draft;
  return parseUse(kind, { ...draft, purpose: purpose || 'other', fieldOfBusiness: fieldOfBusiness || 'other' });
}

type Refused = { refusal: RefusalDto | null };

/** Configure, review, sign: one signature. A refusal keeps what was typed. */
export function ApplyForm(props: ApplyFormProps) {
  const { address, resource } = props;
  const kind = kindOf(resource.kind);
  const { device, refresh } = useEncryptionKey(address);
  const [draft, setDraft] = useState<UseDraft>(() => firstDraft(kind, resource.strategy, resource.free));
  const [hasTried, setHasTried] = useState(false);
  const [refused, setRefused] = useState<Refused>();
  const action = useSignedAction('Apply', address);
  const serverNow = useServerNow(props.serverTimeMs);
  const parsed = parseUse(kind, draft);
  const errors = hasTried && !parsed.ok ? parsed.errors : {};
  const amounts = pricedUse(kind, draft);
  const publicKey = device && publicKeyOf(device);
  const args = parsed.ok && publicKey ? argsOf(resource, parsed.use, publicKey) : undefined;

  async function apply() {
    setRefused(undefined);
    setHasTried(true);
    if (!args) return;
    const result = await action.run(args, parsed.ok ? aboutUse(props, parsed.use, serverNow()) : []);
    if (!result.ok) return;
    // A whole new document: the order's page comes with a policy that lets it speak to its provider's gateway.
    if (result.data.agreement) openDocument(`/customer/orders/${result.data.agreement}#access`);
    else setRefused({ refusal: await findRefusal(result.data.refused ?? '').catch(() => null) });
  }

  return (
    <form
      aria-label="Application"
      className="grid items-start gap-4 lg:grid-cols-[1fr_20rem]"
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <Panel className="flex flex-col gap-4">
        <UseFields
          draft={draft}
          onChange={setDraft}
          errors={errors}
          kind={kind}
          strategy={resource.strategy}
          free={resource.free}
          purposes={props.purposes}
          fieldsOfBusiness={props.fieldsOfBusiness}
        />
        {device && !publicKey ? <EncryptionKeySetup address={address} device={device} onReady={refresh} /> : null}
        {refused ? <RefusedNote refused={refused} /> : null}
        <SigningNote step={action.step} sentence={action.sentence} />
        <div>
          <Button type="submit" variant="primary" size="lg" isPending={action.isPending} isDisabled={!publicKey}>
            {amounts.ok ? `Apply for ${durationInWords(amounts.use.durationMs)}` : 'Apply'}
          </Button>
        </div>
      </Panel>
      <ApplyReview {...props} use={amounts.ok ? amounts.use : undefined} kind={kind} />
      <div className="lg:col-span-2">
        <ApiCall method="Apply" args={args} />
      </div>
    </form>
  );
}

function RefusedNote({ refused }: { refused: Refused }) {
  return (
    <Note kind="problem" title="The contract refused this application" isLive>
      {refused.refusal ? (
        <FailedConditions failed={refused.refusal.failed} />
      ) : (
        <p>Every condition that failed stands on your orders page.</p>
      )}
      <p className="mt-1">Nothing was held and nothing was charged. Change what you ask for and apply again.</p>
    </Note>
  );
}
