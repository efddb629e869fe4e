'use client';

import { useState } from 'react';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { beyondTheForm, ConditionVerdicts, verdictsInWords } from '#components/ledger/condition-verdicts.tsx';
import {
  parseUse,
  statedUse,
  type IntendedUse,
  type ParsedUse,
  type UseDraft,
} from '#components/ledger/intended-use.ts';
import { holdMicroFor } from '#components/ledger/prices.ts';
import { changedDraft } from '#components/ledger/use-change.ts';
import { useDescribedUse, type DescribedUse, type DescribedUseProps } from '#components/ledger/use-described-use.ts';
import { UseFields } from '#components/ledger/use-fields.tsx';
import { isRefusalForeseen } from '#components/ledger/use-judgement.ts';
import { kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { openDocument } from '#components/ui/document.ts';
import { useFirstWrongField } from '#components/ui/first-wrong-field.ts';
import { durationInWords } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import { useServerNow } from '#components/ui/use-server-time.ts';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { publicKeyOf } from '#components/wallet/encryption-key.ts';
import { EncryptionKeySetup } from '#components/wallet/encryption-key-setup.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useEncryptionKey } from '#components/wallet/use-encryption-key.ts';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import {
  usualRule,
  useVoucherChoice,
  VoucherFields,
  type SpendingRule,
  type VoucherChoice,
} from '#components/wallet/vouchers/voucher-choice.tsx';
import { keptVoucherKey } from '#components/wallet/vouchers/voucher-keys.ts';
import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import type {
  AdmissionDto,
  ChangeDto,
  ContinuableDto,
  QuantityDto,
  RefusalDto,
  StrategyDto,
  TermDto,
} from '#lib/shared/dto.ts';
import { askAdmission } from '../../../../../actions.ts';
import { findRefusal } from '../actions.ts';
import { aboutUse } from './about-use.tsx';
import { ApplyReview } from './apply-review.tsx';
import { ContinueChoice } from './continue-choice.tsx';
import { RefusedNote, type Refused } from './refused-note.tsx';

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
  /** What stands in the form at first: answers of the address among it. */
  draft: UseDraft;
  /** Earlier orders whose stored things this one can go on with. */
  continuable: readonly ContinuableDto[];
  /** The one that the address names, whether it is among them or not. */
  continues: number | undefined;
  admission: AdmissionDto | null;
  intervalMs: number;
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
  of: { encryptionKey: Uint8Array; continues: number | undefined; voucherKey: Uint8Array },
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
    continues: BigInt(of.continues ?? 0),
    encryptionKey: of.encryptionKey,
    voucherKey: of.voucherKey,
  };
}

/** Length and amounts decide the price; the review need not wait for purpose and field. */
function pricedUse(kind: ShownKind, draft: UseDraft): ParsedUse {
  const { purpose, fieldOfBusiness } = draft;
  return parseUse(kind, { ...draft, purpose: purpose || 'other', fieldOfBusiness: fieldOfBusiness || 'other' });
}

/** The draft with at least the room of what is continued: the contract takes no less. */
function withRoomOf(kind: ShownKind, draft: UseDraft, continued: ContinuableDto | undefined): UseDraft {
  const stated = statedUse(kind, draft).amounts;
  const changes = (continued?.amounts ?? []).flatMap(({ meter, amount }): ChangeDto[] => {
    if (!kind.ledger.capacity.includes(meter) || kind.screen.fixedAmounts[meter] !== undefined) return [];
    const asked = stated.find((quantity) => quantity.meter === meter)?.amount;
    return asked !== undefined && asked >= amount ? [] : [{ name: `use.amount.${meter}`, value: String(amount) }];
  });
  return changedDraft(kind, draft, changes);
}

interface Application {
  described: DescribedUse;
  continued: ContinuableDto | undefined;
  choose: (agreement: number | undefined) => void;
  /** The address names an order that cannot be continued. */
  isUnknown: boolean;
}

/** The application while it is typed: the use, what it continues, and what the contract and the limits say of it. */
function useApplication(props: ApplyFormProps, kind: ShownKind): Application {
  const { resource, continuable } = props;
  const [chosen, setChosen] = useState(props.continues);
  const continued = continuable.find(({ order }) => order.id === chosen);
  const { strategy, free } = resource;
  const { admission, intervalMs, serverTimeMs } = props;
  const of: DescribedUseProps = { resource: resource.id, kind, strategy, free, admission, intervalMs, serverTimeMs };
  const described = useDescribedUse(of, {
    first: () => withRoomOf(kind, props.draft, continued),
    ask: askAdmission,
    continued: continued?.amounts,
  });
  function choose(agreement: number | undefined) {
    setChosen(agreement);
    const next = continuable.find(({ order }) => order.id === agreement);
    described.setDraft(withRoomOf(kind, described.draft, next));
  }
  return { described, continued, choose, isUnknown: chosen !== undefined && continued === undefined };
}

/** Signs what stands in the form, where nothing is wrong with it; `apply` says what came of it. */
function useSigning(
  props: ApplyFormProps,
  of: { application: Application; publicKey: Uint8Array | undefined; vouchers: VoucherChoice },
) {
  const { address, resource } = props;
  const { application, publicKey, vouchers } = of;
  const { described, continued } = application;
  const { parsed, limits, judgement } = described;
  const { form, focusFirstWrong } = useFirstWrongField<HTMLFormElement>();
  const [refused, setRefused] = useState<Refused>();
  const action = useSignedAction('Apply', address);
  const serverNow = useServerNow(props.serverTimeMs);
  const use = parsed.ok && limits.length === 0 ? parsed.use : undefined;
  const [keyProblem, setKeyProblem] = useState<string>();
  const signable = (voucherKey: Uint8Array) =>
    use && publicKey
      ? argsOf(resource, use, { encryptionKey: publicKey, continues: continued?.order.id, voucherKey })
      : undefined;
  // A key that signs vouchers is made when the application is signed: before that no call can name it.
  const args = vouchers.isChosen ? undefined : signable(NO_VOUCHER_KEY);

  async function apply() {
    setRefused(undefined);
    setKeyProblem(undefined);
    described.check();
    const isWhole = use !== undefined && (!vouchers.isChosen || vouchers.rule !== undefined);
    if (!isWhole) return focusFirstWrong();
    const voucherKey = vouchers.rule ? await keptVoucherKey(vouchers.rule, setKeyProblem) : NO_VOUCHER_KEY;
    const signed = voucherKey && signable(voucherKey);
    if (!signed) return;
    const about = { continued, nowMs: serverNow(), isRefusalForeseen: isRefusalForeseen(judgement) };
    const result = await action.run(signed, [...aboutUse(props, use, about), ...vouchers.about]);
    if (!result.ok) return;
    // A whole new document: the order's page comes with a policy that lets it speak to its provider's gateway.
    if (result.data.agreement) openDocument(`/customer/orders/${result.data.agreement}#access`);
    else setRefused({ refusal: await findRefusal(result.data.refused ?? '').catch((): RefusalDto | null => null) });
  }
  return { form, refused, action, args, keyProblem, apply };
}

function usualRuleOf({ strategy: { prices } }: ApplyFormProps['resource'], use: IntendedUse): SpendingRule {
  return usualRule(prices, { holdMicro: holdMicroFor(prices, use), durationMs: use.durationMs });
}

/** Configure, review, sign: one signature. A refusal keeps what was typed. */
export function ApplyForm(props: ApplyFormProps) {
  const { address, resource } = props;
  const kind = kindOf(resource.kind);
  const { device, refresh } = useEncryptionKey(address);
  const publicKey = device && publicKeyOf(device);
  const application = useApplication(props, kind);
  const { described, continued, choose, isUnknown } = application;
  const { draft, limits, judgement } = described;
  const amounts = pricedUse(kind, draft);
  const { choice: vouchers, fields } = useVoucherChoice(amounts.ok ? usualRuleOf(resource, amounts.use) : undefined);
  const { form, refused, action, args, keyProblem, apply } = useSigning(props, { application, publicKey, vouchers });
  const change = (changes: readonly ChangeDto[]) => described.setDraft(changedDraft(kind, draft, changes));

  return (
    <form
      ref={form}
      aria-label="Application"
      className="grid items-start gap-4 lg:grid-cols-[1fr_20rem]"
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <Panel className="flex flex-col gap-4">
        {isUnknown ? <NotContinuable /> : null}
        <ContinueChoice
          continuable={props.continuable}
          chosen={continued?.order.id}
          onChange={choose}
          kind={kind}
          serverTimeMs={props.serverTimeMs}
        />
        <UseFields
          draft={draft}
          onChange={described.setDraft}
          errors={described.errors}
          kind={kind}
          strategy={resource.strategy}
          free={resource.free}
          purposes={props.purposes}
          fieldsOfBusiness={props.fieldsOfBusiness}
          conditions={judgement.conditions}
          limits={limits}
        />
        <VoucherFields fields={fields} intervalMs={props.intervalMs} problem={keyProblem} />
        {device && !publicKey ? <EncryptionKeySetup address={address} device={device} onReady={refresh} /> : null}
        {refused ? (
          <RefusedNote refused={refused} conditions={judgement.conditions} kind={kind} onChange={change} />
        ) : (
          <Foreseen described={described} />
        )}
        <SigningNote step={action.step} sentence={action.sentence} />
        <div>
          <Button type="submit" variant="primary" size="lg" isPending={action.isPending} isDisabled={!publicKey}>
            {amounts.ok ? `Apply for ${durationInWords(amounts.use.durationMs)}` : 'Apply'}
          </Button>
        </div>
      </Panel>
      <div className="flex flex-col gap-4">
        <Conditions described={described} kind={kind} onChange={change} />
        <ApplyReview {...props} use={amounts.ok ? amounts.use : undefined} kind={kind} />
      </div>
      <div className="lg:col-span-2">
        <ApiCall method="Apply" args={args} />
      </div>
    </form>
  );
}

function NotContinuable() {
  return (
    <Note kind="warning" title="That order cannot be continued">
      It is not one of yours that stores something of this resource, or another has gone on with it, or its time is
      over. The new order would begin empty.
    </Note>
  );
}

/** What will stop it, before anybody signs. */
function Foreseen({ described: { parsed, limits, judgement } }: { described: DescribedUse }) {
  const apart = limits.filter(({ path }) => path === '');
  if (apart.length > 0)
    return (
      <Note kind="problem" title="This cannot be had now">
        <Text>{apart.map(({ sentence }) => sentence).join(' ')}</Text>
      </Note>
    );
  if (!parsed.ok || limits.length > 0 || !isRefusalForeseen(judgement)) return null;
  return (
    <Note kind="warning" title="As it stands, the contract would refuse this">
      Conditions that are not met stand beside their fields, with what would meet them. Nothing is held for an
      application that is refused.
    </Note>
  );
}

interface ConditionsProps {
  described: DescribedUse;
  kind: ShownKind;
  onChange: (changes: readonly ChangeDto[]) => void;
}

/** How the conditions stand in all, and those that no field bears on. */
function Conditions({ described: { judgement }, kind, onChange }: ConditionsProps) {
  const { conditions, latest, sentence } = judgement;
  const apart = beyondTheForm(kind, conditions);
  return (
    <Panel className="flex flex-col gap-2">
      <h2>Conditions</h2>
      {latest !== undefined && conditions.length === 0 ? (
        <p className="text-sm text-muted">None: everybody with an account and the customer role is admitted.</p>
      ) : null}
      {conditions.length > 0 ? (
        <p className="text-sm" role="status">
          {`${verdictsInWords(conditions)}.`}
        </p>
      ) : null}
      {apart.length > 0 ? (
        <>
          <h3 className="text-xs text-muted">About you, whatever you ask for</h3>
          <ConditionVerdicts conditions={apart} kind={kind} onChange={onChange} />
        </>
      ) : null}
      {latest === undefined ? null : <AsOfBlock asOf={latest.asOf} />}
      <ProblemNote sentence={sentence} />
    </Panel>
  );
}
