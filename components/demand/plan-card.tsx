import { AccountName } from '#components/ledger/account-name.tsx';
import { kindOf } from '#components/kinds/kinds.ts';
import { amountInWords, meterOf } from '#components/ledger/amounts.ts';
import { rateInWords } from '#components/ledger/prices.ts';
import { promiseInWords } from '#components/ledger/strategy-words.ts';
import { Countdown } from '#components/ui/countdown.tsx';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Figures, type Figure } from '#components/ui/facts.tsx';
import { countOf } from '#components/ui/count.ts';
import { durationInWords } from '#components/ui/format.ts';
import type { Markup } from '#components/ui/markup.ts';
import { Money } from '#components/ui/money.tsx';
import { Note } from '#components/ui/note.tsx';
import { Text } from '#components/ui/text.tsx';
import type { PlanDto, PlanPartDto } from '#lib/shared/demand-dto.ts';
import { OfferPlace } from './offer-place.tsx';
import { ProviderFacts } from './provider-facts.tsx';
import { AIM_WORDS, backupInWords, planInWords, workTimeInWords } from './words.ts';

export interface PlanCardProps {
  plan: PlanDto;
  serverTimeMs: number;
  /** The demand is open: the plan can still be had. */
  isOpen: boolean;
  /** What can be done with it. */
  children?: Markup;
}

/** Estimate, largest cost, what a broker gets, time: what plans are compared by. */
function planFigures(plan: PlanDto): Figure[] {
  return [
    { name: 'Expected cost', value: <Money amountMicro={plan.estimateMicro} /> },
    { name: 'At most, held', value: <Money amountMicro={plan.holdMicro} /> },
    ...(plan.broker === null
      ? []
      : [
          {
            name: 'Fee, paid at once',
            value: <Money amountMicro={plan.feeMicro} />,
            note: (
              <span>
                to <AccountName account={plan.broker} />
              </span>
            ),
          },
        ]),
    ...(plan.workMs === 0 ? [] : [{ name: 'The work takes', value: workTimeInWords(plan.workMs) }]),
    { name: 'Backup', value: backupInWords(plan) },
  ];
}

/** One plan: what it aims at, from whom, for how much, and until when it can be chosen. */
export function PlanCard({ plan, serverTimeMs, isOpen, children }: PlanCardProps) {
  const aim = AIM_WORDS[plan.aim];
  const isStale = plan.parts.some(({ offer }) => !offer.isInForce || offer.resource.status !== 'published');
  return (
    <article
      aria-label={`Plan: ${planInWords(plan)}`}
      className="flex flex-col gap-3 rounded-md border border-border p-3"
    >
      <header className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
        <h3 className="font-semibold">{aim.title}</h3>
        {isOpen ? (
          <span className="text-sm">
            <span className="text-muted">expires in </span>
            <Countdown untilMs={plan.expiresAtMs} serverTimeMs={serverTimeMs} after="no time" className="font-medium" />
          </span>
        ) : null}
        <p className="w-full text-sm text-muted">{aim.explains}</p>
      </header>
      <Figures figures={planFigures(plan)} />
      <ol className="flex flex-col gap-2">
        {plan.parts.map((part) => (
          <li key={part.part} className="border-s-2 border-separator ps-3">
            <PlanPart part={part} isOne={plan.parts.length === 1} />
          </li>
        ))}
      </ol>
      {isOpen && isStale ? (
        <Note kind="warning">
          One of its offers has changed since. Choosing it makes fresh plans; nothing is bought then.
        </Note>
      ) : null}
      {children}
    </article>
  );
}

/** `8 sub-tasks`, where a part runs some. */
function sharesInWords({ shares }: PlanPartDto): string | undefined {
  if (shares.length === 0) return undefined;
  const count = shares.reduce((sum, share) => sum + share.count, 0);
  return countOf(count, 'sub-task');
}

function PlanPart({ part, isOne }: { part: PlanPartDto; isOne: boolean }) {
  const kind = kindOf(part.offer.resource.kind);
  const shares = sharesInWords(part);
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-0.5">
        <OfferPlace offer={part.offer} />
        <p className="text-sm sm:text-end">
          <Text>{[...(shares === undefined ? [] : [shares]), durationInWords(part.durationMs)].join(', for ')}</Text>
          {isOne ? null : (
            <span className="sm:block">
              <span className="sm:hidden">, </span>
              <span>at most </span>
              <Money amountMicro={part.holdMicro} />
            </span>
          )}
        </p>
      </div>
      <ProviderFacts offer={part.offer} />
      {part.backup === null ? null : (
        <div className="flex flex-col gap-1.5 text-sm">
          <div>
            <span className="text-muted">If it fails: </span>
            <OfferPlace offer={part.backup.offer} />
          </div>
          <ProviderFacts offer={part.backup.offer} />
        </div>
      )}
      <Disclosure summary="How its price adds up, and what is promised">
        <dl className="flex flex-col gap-1 text-sm">
          {part.lines.map((line) => (
            <div key={`${line.price.meter} ${line.price.perMs}`} className="flex flex-wrap justify-between gap-x-3">
              <dt>
                <Text>{`${amountInWords(line.amount, meterOf(kind.ledger, line.price.meter))} at `}</Text>
                <Money amountMicro={line.price.amountMicro} />
                <Text>{` ${rateInWords(line.price, kind)}`}</Text>
              </dt>
              <dd>
                <Money amountMicro={line.amountMicro} />
              </dd>
            </div>
          ))}
        </dl>
        <p className="mt-2 text-sm text-muted">
          {part.offer.promise.length === 0
            ? 'Promised: nothing beyond serving.'
            : `Promised: ${part.offer.promise.map((quantity) => promiseInWords(quantity, kind.ledger)).join('; ')}.`}
        </p>
      </Disclosure>
    </div>
  );
}
