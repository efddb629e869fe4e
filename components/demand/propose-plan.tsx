'use client';

import { useState } from 'react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { Field, NumberField } from '#components/ui/field.tsx';
import type { Fact } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import {
  accountLabel,
  microInWords,
  parseMicro,
  resourceLabel,
  sentenceCase,
  TOKEN_DECIMALS,
} from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { ProblemNote } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import type { DemandDetail, PlanDto } from '#lib/shared/demand-dto.ts';
import {
  partHoldMicro,
  partsOfNeeds,
  partsOfPlan,
  proposalHoldMicro,
  proposeArgs,
  withOffer,
  type Offered,
  type ProposedPart,
} from './proposal.ts';
import { demandLabel, planInWords } from './words.ts';

export interface ProposePlanProps {
  demand: Pick<DemandDetail, 'id' | 'needs' | 'work' | 'exact' | 'durationMs' | 'plans' | 'budgetMicro' | 'customer'>;
  address: string;
  /** A published resource by its number, or why it cannot be in a plan. */
  findOffer: (resource: number) => Promise<{ ok: true; offer: Offered } | { ok: false; sentence: string }>;
}

const OWN = 'own';

function beginWith(demand: ProposePlanProps['demand'], start: string): ProposedPart[] {
  const plan = demand.plans.find(({ plan: number }) => String(number) === start);
  return plan === undefined ? (partsOfNeeds(demand) ?? []) : partsOfPlan(plan);
}

function startsOf(demand: ProposePlanProps['demand']): { value: string; label: string }[] {
  const named = (plan: PlanDto) => ({ value: String(plan.plan), label: sentenceCase(planInWords(plan)) });
  const own = partsOfNeeds(demand) === undefined ? [] : [{ value: OWN, label: 'One offer for each need' }];
  return [...demand.plans.map(named), ...own];
}

/** A broker’s plan: begun with one that stands or with the needs, each part from the offer that the broker names, and a fee. */
export function ProposePlan({ demand, address, findOffer }: ProposePlanProps) {
  const starts = startsOf(demand);
  const [start, setStart] = useState(starts[0]?.value ?? '');
  const [parts, setParts] = useState(() => beginWith(demand, start));
  const [fee, setFee] = useState('');
  const [done, setDone] = useState<string>();
  const action = useSignedAction('ProposePlan', address);
  const feeMicro = parseMicro(fee);
  const args = feeMicro === undefined ? undefined : proposeArgs(demand.id, parts, BigInt(feeMicro));
  const holdMicro = proposalHoldMicro(parts);
  const totalMicro = holdMicro + BigInt(feeMicro ?? 0);
  const isOver = totalMicro > BigInt(demand.budgetMicro);
  if (starts.length === 0)
    return (
      <p className="text-sm text-muted">
        There is no plan to begin with: copies need several providers, and the analysis has found no plan yet.
      </p>
    );

  function begin(next: string) {
    setStart(next);
    setParts(beginWith(demand, next));
  }
  async function propose() {
    setDone(undefined);
    if (args === undefined || isOver) return;
    const result = await action.run(args, aboutProposal(demand, parts));
    if (result.ok)
      setDone(`Your plan stands beside the contract’s: the customer of ${demandLabel(demand.id)} sees it.`);
  }
  return (
    <SignedForm
      method="ProposePlan"
      args={args}
      action={action}
      submit={propose}
      button="Sign and propose"
      isDisabled={args === undefined || isOver}
      done={done}
    >
      <Select label="Begin with" name="start" value={start} onChange={begin} options={starts} />
      <ol className="flex flex-col gap-3">
        {parts.map((part, at) => (
          <li key={at} className="border-s-2 border-separator ps-3">
            <PartFields
              part={part}
              number={at + 1}
              findOffer={findOffer}
              onOffer={(offer) => setParts(withOffer(parts, at, offer))}
            />
          </li>
        ))}
      </ol>
      <NumberField
        label="Your fee in tokens"
        name="fee"
        value={fee}
        onChange={setFee}
        decimals={TOKEN_DECIMALS}
        inWords={microInWords}
        description="Paid at once if the customer chooses your plan; 0 for none."
      />
      <Total totalMicro={totalMicro} budgetMicro={demand.budgetMicro} isOver={isOver} />
    </SignedForm>
  );
}

/** What the customer would pay at most, against what may be paid. */
function Total({ totalMicro, budgetMicro, isOver }: { totalMicro: bigint; budgetMicro: string; isOver: boolean }) {
  return (
    <>
      <p className="text-sm">
        <span>The customer pays at most </span>
        <Money amountMicro={totalMicro.toString()} className="font-semibold" />
        <span>, of a budget of </span>
        <Money amountMicro={budgetMicro} />
      </p>
      <ProblemNote
        sentence={
          isOver
            ? 'That is more than the budget: the contract would refuse it. Take cheaper offers or a smaller fee.'
            : undefined
        }
      />
    </>
  );
}

/** Whom the plan is for, and from whom each part is. */
function aboutProposal({ customer, id }: ProposePlanProps['demand'], parts: readonly ProposedPart[]): Fact[] {
  return [
    {
      name: 'Proposed to',
      value: (
        <>
          {customer.name === null ? null : <Foreign text={customer.name} />}
          <Text>{` (${accountLabel(customer.id)}), for ${demandLabel(id)}`}</Text>
        </>
      ),
    },
    ...parts.flatMap(({ offer }, at) =>
      offer === null
        ? []
        : [
            {
              name: `Part ${at + 1}`,
              value: (
                <>
                  <Foreign text={offer.resource.title} />
                  <Text>{` (${resourceLabel(offer.resource.id)})`}</Text>
                </>
              ),
            },
          ],
    ),
  ];
}

interface PartFieldsProps {
  part: ProposedPart;
  number: number;
  findOffer: ProposePlanProps['findOffer'];
  onOffer: (offer: Offered) => void;
}

/** Which offer a part is from, and the way to another one. */
function PartFields({ part, number, findOffer, onOffer }: PartFieldsProps) {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isLooking, setIsLooking] = useState(false);
  const { offer } = part;

  async function look() {
    setProblem(undefined);
    const id = /^\s*(?:R-)?(\d{1,15})\s*$/i.exec(typed)?.[1];
    if (id === undefined) {
      setProblem('Write the number of a resource, such as R-7: the registry lists them.');
      return;
    }
    setIsLooking(true);
    const found = await findOffer(Number(id)).catch(() => undefined);
    setIsLooking(false);
    if (found === undefined) setProblem('The portal did not answer: try again.');
    else if (!found.ok) setProblem(found.sentence);
    else if (found.offer.resource.kind !== part.kind)
      setProblem(`That resource is of the kind ${found.offer.resource.kind}; this part needs ${part.kind}.`);
    else onOffer(found.offer);
  }
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm">
        <Text>{`Part ${number}, ${part.kind}: `}</Text>
        {offer === null ? (
          <span className="text-muted">no offer chosen yet</span>
        ) : (
          <>
            <Foreign text={offer.resource.title} />
            <Text>{` (${resourceLabel(offer.resource.id)}) from `}</Text>
            <AccountName account={offer.provider} />
            <span>, at most </span>
            <Money amountMicro={partHoldMicro(part).toString()} />
          </>
        )}
      </p>
      <div className="flex flex-wrap items-end gap-2">
        <Field
          label={`Another offer for part ${number}`}
          name={`offer-${number}`}
          value={typed}
          onChange={setTyped}
          maxLength={20}
          placeholder="R-7"
          className="max-w-48"
        />
        <Button isPending={isLooking} label={`Take it for part ${number}`} onPress={() => void look()}>
          Take it
        </Button>
      </div>
      <ProblemNote sentence={problem} />
    </div>
  );
}
