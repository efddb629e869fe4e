import { countOf } from '#components/ui/count.ts';
import Link from 'next/link';
import type { ComparedFact } from '#components/kinds/kind.ts';
import { findKind, kindOf } from '#components/kinds/kinds.ts';
import { AccountName } from '#components/ledger/account-name.tsx';
import { rateInWords } from '#components/ledger/prices.ts';
import { MarkSample } from '#components/map/mark.tsx';
import { PlaceMap } from '#components/map/place-map.tsx';
import { sentenceCase } from '#components/ui/format.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { Money } from '#components/ui/money.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import type { PlanDto } from '#lib/shared/demand-dto.ts';
import {
  machinesOf,
  markedPlaces,
  planKey,
  sharedRegion,
  USE_MARKS,
  type Machine,
  type MachineUse,
} from './machines.ts';
import { placeInWords } from './offer-place.tsx';
import { planInWords } from './words.ts';

export interface PlanMapProps {
  /** In the order in which they stand on the page. */
  plans: readonly PlanDto[];
  /** Key of the plan whose machines are emphasised, from the address; the first where there is none such. */
  shown: string | undefined;
  hrefOf: (planKey: string) => string;
}

/** A word of a place stays in one line. */
const WHOLE = 'sm:whitespace-nowrap';

const USES = ['part', 'backup', 'other'] as const satisfies readonly MachineUse[];

const USE_WORDS: Readonly<Record<MachineUse, string>> = {
  part: 'runs a part of this plan',
  backup: 'takes a part over if its provider fails',
  other: 'in other plans only',
};

const PLACE_COLUMNS: readonly Column<Machine>[] = [
  {
    key: 'machine',
    header: 'Machine',
    isRowHeader: true,
    cell: ({ number, use, offer }) => (
      <div className="flex items-start gap-2">
        <MarkSample kind={USE_MARKS[use]} mark={String(number)} isEmphasised={use !== 'other'} />
        <div className="min-w-0">
          <span className="sr-only">{`${number}: `}</span>
          <Link href={`/catalogue/${offer.resource.id}`} prefetch={false} className="prose-link">
            <Foreign text={offer.resource.title} />
          </Link>
          <span> from </span>
          <AccountName account={offer.provider} />
          <p className="text-xs text-muted">{USE_WORDS[use]}</p>
        </div>
      </div>
    ),
  },
  { key: 'region', header: 'Region', className: WHOLE, cell: ({ offer }) => <Foreign text={offer.region} /> },
  {
    key: 'zone',
    header: 'Zone',
    className: WHOLE,
    cell: ({ offer }) => (offer.zone === null ? 'not stated' : <Foreign text={offer.zone} />),
  },
];

function measuredOf({ offer }: Machine): readonly ComparedFact[] {
  const facts = findKind(offer.resource.kind)?.screen.compared(offer.attributes) ?? [];
  return facts.filter(({ isMeasured }) => isMeasured);
}

/** A column for each thing that was measured of some machine, between where it stands and what it costs. */
function columnsOf(machines: readonly Machine[]): Column<Machine>[] {
  const names = [...new Set(machines.flatMap(measuredOf).map(({ name }) => name))];
  return [
    ...PLACE_COLUMNS,
    ...names.map((name): Column<Machine> => ({
      key: name,
      header: name,
      align: 'end',
      cell: (machine) => measuredOf(machine).find((fact) => fact.name === name)?.value ?? 'not measured',
    })),
    { key: 'price', header: 'Price', cell: ({ offer }) => <Prices offer={offer} /> },
  ];
}

/** Each price with what it is for beneath: a column of a table is narrow. */
function Prices({ offer: { prices, resource } }: Pick<Machine, 'offer'>) {
  if (prices.every(({ amountMicro }) => amountMicro === '0')) return <span>free</span>;
  const kind = kindOf(resource.kind);
  return (
    <ul className="flex flex-col gap-1">
      {prices.map((price) => (
        <li key={`${price.meter} ${price.perMs}`}>
          <Money amountMicro={price.amountMicro} />{' '}
          <span className="text-muted sm:block sm:text-xs">{rateInWords(price, kind)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Where the machines of the plans stand, those of one plan emphasised, and the same in a table. Nothing where no resource of any plan states its place. */
export function PlanMap({ plans, shown, hrefOf }: PlanMapProps) {
  const plan = plans.find((one) => planKey(one) === shown) ?? plans[0];
  const machines = plan === undefined ? [] : machinesOf(plans, plan);
  if (plan === undefined || machines.length === 0) return null;
  const own = machines.filter(({ use }) => use !== 'other');
  const region = sharedRegion(machines);
  const title =
    own.length === 1
      ? `Where the machine of the plan “${planInWords(plan)}” stands`
      : `Where the ${countOf(own.length, 'machine')} of the plan “${planInWords(plan)}” stand`;
  return (
    <section aria-label="Places of the plans" className="flex flex-col gap-3">
      {plans.length > 1 ? <PlanChoice plans={plans} current={plan} hrefOf={hrefOf} /> : null}
      <figure className="flex flex-col gap-2">
        <figcaption className="text-sm">
          <span className="font-medium">{title}</span>
          {region === undefined ? null : (
            <span className="text-muted">
              <span>, region </span>
              <Foreign text={region} />
            </span>
          )}
        </figcaption>
        <PlaceMap places={markedPlaces(machines)} label={`${title}: ${placesInWords(own)}. The table below has all.`} />
        <Legend uses={USES.filter((use) => machines.some((machine) => machine.use === use))} />
      </figure>
      <Table
        caption="Machines of the plans"
        columns={columnsOf(machines)}
        rows={machines}
        rowKey={({ number }) => number}
      />
      <p className="text-xs text-muted">
        Scores and round trips are measured by each machine’s own agent. Places are as providers state them, to a tenth
        of a degree.
      </p>
    </section>
  );
}

/** `1 in US-WA, zone Seattle 1; 2 in US-WA, zone Spokane 1`. */
function placesInWords(machines: readonly Machine[]): string {
  return machines.map(({ number, offer }) => `${number} in ${placeInWords(offer)}`).join('; ');
}

function PlanChoice({ plans, current, hrefOf }: Pick<PlanMapProps, 'plans' | 'hrefOf'> & { current: PlanDto }) {
  return (
    <nav aria-label="Plan on the map" className="flex flex-wrap items-center gap-1 text-sm">
      {plans.map((plan) => (
        <Link
          key={planKey(plan)}
          href={hrefOf(planKey(plan))}
          prefetch={false}
          scroll={false}
          aria-current={plan === current ? 'true' : undefined}
          className={`rounded-sm px-2 py-0.5 ${plan === current ? 'bg-default font-medium' : 'text-muted hover:text-foreground'}`}
        >
          {sentenceCase(planInWords(plan))}
        </Link>
      ))}
    </nav>
  );
}

function Legend({ uses }: { uses: readonly MachineUse[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {uses.map((use) => (
        <li key={use} className="flex items-center gap-1">
          <MarkSample kind={USE_MARKS[use]} mark="" isEmphasised={use !== 'other'} />
          <span>{USE_WORDS[use]}</span>
        </li>
      ))}
    </ul>
  );
}
