'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { openDocument } from '#components/ui/document.ts';
import { durationInWords, formatUtc, resourceLabel } from '#components/ui/format.ts';
import type { Fact } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Money } from '#components/ui/money.tsx';
import { ProblemNote } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import { publicKeyOf } from '#components/wallet/encryption-key.ts';
import { EncryptionKeySetup } from '#components/wallet/encryption-key-setup.tsx';
import { keyFault } from '#components/wallet/key-fault.ts';
import { sealPayloadKeys } from '#components/wallet/payload.ts';
import { findPayloadKey } from '#components/wallet/payload-keys.ts';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useEncryptionKey } from '#components/wallet/use-encryption-key.ts';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { usualPlanRule, useVoucherChoice, VoucherFields } from '#components/wallet/vouchers/voucher-choice.tsx';
import { keptVoucherKey } from '#components/wallet/vouchers/voucher-keys.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import type { DemandDetail, PlanDto } from '#lib/shared/demand-dto.ts';
import { useTellFresh } from './fresh-plans.tsx';
import { placeInWords } from './offer-place.tsx';
import { chooseArgs, offersToSealTo, sealingKeyOf } from './plan-args.ts';
import { AIM_WORDS, planInWords, workTimeInWords } from './words.ts';

export interface ChoosePlanProps {
  demand: Pick<DemandDetail, 'id' | 'work'>;
  plan: PlanDto;
  address: string;
  /** genesisHash, hex. */
  network: string;
  /** A metering interval. */
  intervalMs: number;
}

type Keys = { ok: true; keys: MethodArgs['ChoosePlan']['keys'] } | { ok: false; sentence: string };

const NO_KEY =
  'This browser does not have the key of the program and its inputs, so no provider could run it. Choose in the browser in which the request was published, or bring its key file here. Nothing was signed.';

/** The payload's key for every agent that may run some of it. */
async function sealedKeys({ demand, plan, address, network }: ChoosePlanProps): Promise<Keys> {
  if (demand.work === null) return { ok: true, keys: [] };
  const digest = demand.work.payload;
  const key = await findPayloadKey(address, digest);
  if (key === undefined) return { ok: false, sentence: NO_KEY };
  const agents = offersToSealTo(plan).map((offer) => ({
    resource: offer.resource.id,
    sealingKey: sealingKeyOf(offer) ?? '',
  }));
  const keys = await sealPayloadKeys(key, agents, { network, digest });
  return keys === undefined
    ? {
        ok: false,
        sentence: 'A machine of this plan publishes no key to seal to: choose another plan. Nothing was signed.',
      }
    : { ok: true, keys };
}

function aboutPlan(plan: PlanDto): Fact[] {
  return [
    { name: 'Plan', value: AIM_WORDS[plan.aim].title },
    ...plan.parts.map(({ part, offer, durationMs }) => ({
      name: plan.parts.length === 1 ? 'For' : `For, part ${part + 1}`,
      value: (
        <>
          <Foreign text={offer.resource.title} />
          <Text>{` (${resourceLabel(offer.resource.id)}), ${placeInWords(offer)}, for ${durationInWords(durationMs)}`}</Text>
        </>
      ),
    })),
    { name: 'Expected cost', value: <Money amountMicro={plan.estimateMicro} /> },
    ...(plan.workMs === 0 ? [] : [{ name: 'The work takes', value: workTimeInWords(plan.workMs) }]),
    { name: 'Can be chosen until', value: formatUtc(plan.expiresAtMs) },
  ];
}

/** Seals the payload's key to the plan's agents and signs the plan word for word. */
export function ChoosePlan(props: ChoosePlanProps) {
  const { demand, plan, address, intervalMs } = props;
  const action = useSignedAction('ChoosePlan', address);
  const { device, fault, refresh } = useEncryptionKey(address);
  const encryptionKey = device && publicKeyOf(device);
  const [problem, setProblem] = useState<string>();
  const tellFresh = useTellFresh();
  const [isSealing, setIsSealing] = useState(false);
  const { choice: vouchers, fields } = useVoucherChoice(usualPlanRule(plan));
  const [keyProblem, setKeyProblem] = useState<string>();

  async function choose() {
    if (encryptionKey === undefined) return;
    setProblem(undefined);
    setKeyProblem(undefined);
    if (vouchers.isChosen && vouchers.rule === undefined) return;
    tellFresh(false);
    setIsSealing(true);
    const sealed = await sealedKeys(props).catch((error: unknown): Keys => {
      return {
        ok: false,
        sentence: keyFault(error, 'The key could not be sealed in this browser. Nothing was signed.'),
      };
    });
    setIsSealing(false);
    if (!sealed.ok) {
      setProblem(sealed.sentence);
      return;
    }
    const voucherKey = vouchers.rule ? await keptVoucherKey(vouchers.rule, setKeyProblem) : NO_VOUCHER_KEY;
    if (voucherKey === undefined) return;
    const signed = chooseArgs(demand.id, plan, { keys: sealed.keys, encryptionKey, voucherKey });
    const result = await action.run(signed, [...aboutPlan(plan), ...vouchers.about]);
    if (!result.ok) return;
    if (result.data.chosen === 'false') tellFresh(true);
    // A whole new document: the page comes with a policy that lets it speak to its providers' gateways.
    else if (result.data.agreement)
      openDocument(`/customer/${demand.work === null ? 'orders' : 'tasks'}/${result.data.agreement}`);
  }

  const button = `Choose for ${durationInWords(Math.max(...plan.parts.map(({ durationMs }) => durationMs)))}`;
  return (
    <div className="flex flex-col gap-2">
      {device && !encryptionKey ? <EncryptionKeySetup address={address} device={device} onReady={refresh} /> : null}
      <VoucherFields
        fields={fields}
        intervalMs={intervalMs}
        page={demand.work === null ? 'order’s' : 'task’s'}
        problem={keyProblem}
      />
      <ProblemNote sentence={problem ?? fault} />
      <SigningNote step={action.step} sentence={action.sentence} />
      <div>
        <Button
          variant="primary"
          label={`${button}: ${planInWords(plan)}`}
          isPending={isSealing || action.isPending}
          isDisabled={encryptionKey === undefined}
          onPress={() => void choose()}
        >
          {button}
        </Button>
      </div>
    </div>
  );
}
