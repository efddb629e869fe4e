'use client';

import Link from 'next/link';
import { useState } from 'react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Button } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/count.ts';
import { Field } from '#components/ui/field.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount, resourceLabel } from '#components/ui/format.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { EmptyState, ProblemNote } from '#components/ui/note.tsx';
import { Panel, Section } from '#components/ui/page-header.tsx';
import { PARTS } from '#ledger/contracts/prose/definition.ts';
import { recommend, type Recommendation } from '#ledger/contracts/prose/recommend.ts';
import type { Place } from '#ledger/contracts/shared/place.ts';
import type { CandidateDto, PoolDto } from '#lib/shared/proximity.ts';
import {
  PART_WORDS,
  candidateOf,
  cellInWords,
  readDegrees,
  roundedDegrees,
  weightsInWords,
  weightsOf,
} from './candidates.ts';
import { useOwnPlace } from './own-place.tsx';

const LOCATE_MS_MAX = 20_000;
const METRES = 1_000;

/** Ranks the pool for a place that is typed or measured here: it stays in the memory of this page, and in no name, address or request. */
export function Nearby({ pool }: { pool: PoolDto }) {
  const { latitude, longitude, place: from, set } = useOwnPlace();
  const [problem, setProblem] = useState<string>();
  const [isLocating, setIsLocating] = useState(false);

  function locate() {
    setProblem(undefined);
    setIsLocating(true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        set({ latitude: roundedDegrees(coords.latitude), longitude: roundedDegrees(coords.longitude) });
        setIsLocating(false);
      },
      () => {
        setProblem('This device did not tell its place: it is not allowed to, or does not know it. Type it instead.');
        setIsLocating(false);
      },
      { enableHighAccuracy: false, timeout: LOCATE_MS_MAX, maximumAge: 600_000 },
    );
  }

  return (
    <>
      <Section title="Where you are">
        <Panel className="flex flex-col gap-3">
          <p>
            Your place stays in this browser: it is rounded to a tenth of a degree, compared here with the pool and
            drawn on its map, and neither sent nor kept.
          </p>
          <div data-unkept className="grid items-start gap-3 sm:grid-cols-2">
            <Coordinate
              axis="latitude"
              label="Latitude"
              value={latitude}
              onChange={(typed) => set({ latitude: typed })}
            />
            <Coordinate
              axis="longitude"
              label="Longitude"
              value={longitude}
              onChange={(typed) => set({ longitude: typed })}
            />
          </div>
          <div>
            <Button variant="tertiary" isPending={isLocating} onPress={locate}>
              Use this device’s place
            </Button>
          </div>
          <ProblemNote sentence={problem} />
        </Panel>
      </Section>
      <Section title="Recommended to you">
        {from === undefined ? (
          <EmptyState title="Your place is missing">Type it above, or let this device say it.</EmptyState>
        ) : (
          <Ranking pool={pool} from={from} />
        )}
      </Section>
    </>
  );
}

interface CoordinateProps {
  axis: 'latitude' | 'longitude';
  label: string;
  value: string;
  onChange: (value: string) => void;
}

function Coordinate({ axis, label, value, onChange }: CoordinateProps) {
  const isWrong = value.trim() !== '' && readDegrees(value, axis) === undefined;
  const [example, bound] = axis === 'latitude' ? ['47.6 or 33.9 S', 90] : ['-122.3 or 151.2 E', 180];
  return (
    <Field
      label={label}
      name={axis}
      value={value}
      onChange={onChange}
      autoComplete="off"
      description={`In degrees, such as ${example}.`}
      error={isWrong ? `Write degrees from 0 to ${bound}, with a minus or a letter for the side.` : undefined}
    />
  );
}

function Ranking({ pool, from }: { pool: PoolDto; from: Place }) {
  const found = recommend(pool.candidates.map(candidateOf), { from, weights: weightsOf(pool.weights) });
  if (found.length === 0)
    return <EmptyState title="No relay of the pool is free">Reload the page in a while: orders end.</EmptyState>;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-muted" aria-live="polite">
        {`${countOf(found.length, 'relay')} for ${cellInWords(from)}, by the pool at block ${formatCount(pool.asOf.height)} and the weights of the network: ${weightsInWords(pool.weights)}. Every part is from 0 to 1,000; anybody who has the pool of that block computes the same.`}
      </p>
      <ol className="flex flex-col gap-3">
        {found.map((one, index) => {
          const row = pool.candidates.find(({ resource }) => BigInt(resource) === one.resource);
          return row === undefined ? null : <Recommended key={row.resource} place={index + 1} row={row} of={one} />;
        })}
      </ol>
    </div>
  );
}

function Recommended({ place, row, of }: { place: number; row: CandidateDto; of: Recommendation }) {
  const kilometres = Math.round(Number(of.distanceM) / METRES);
  return (
    <li className="rounded-md border border-border bg-surface p-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h3 className="break-words">
            <span>{`${place}. `}</span>
            <Link href={`/catalogue/${row.resource}`} prefetch={false} className="prose-link">
              <Foreign text={row.title} />
            </Link>
          </h3>
          <p className="text-sm text-muted">
            <span>{`${resourceLabel(row.resource)} of `}</span>
            <AccountName account={row.owner} />
            <span>, identified by </span>
            <AccountName account={row.operator} />
          </p>
        </div>
        <LinkButton href={`/customer/apply/${row.resource}`} variant="primary">
          Apply
        </LinkButton>
      </div>
      <dl className="mt-3 grid grid-cols-2 gap-x-4 gap-y-2 text-sm sm:grid-cols-5">
        <PartShown name="Score" value={of.score} words="of 1,000" />
        {PARTS.map((part) => (
          <PartShown key={part} name={PART_WORDS[part]} value={of.parts[part]} words={wordsOf(part, row, kilometres)} />
        ))}
      </dl>
    </li>
  );
}

function PartShown({ name, value, words }: { name: string; value: bigint; words: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="font-semibold tabular-nums">{formatCount(value.toString())}</dd>
      <dd className="text-xs break-words text-muted">{words}</dd>
    </div>
  );
}

const PER_MILLE_IN_PERCENT = 10;

/** The facts that a part is made of. */
function wordsOf(part: (typeof PARTS)[number], row: CandidateDto, kilometres: number): string {
  switch (part) {
    case 'quality': {
      const kept =
        row.begunSessions === 0
          ? 'no session yet'
          : `${Math.floor(row.keptPerMilleSum / row.begunSessions / PER_MILLE_IN_PERCENT)} % kept of ${countOf(row.begunSessions, 'session')}`;
      return `${formatCount(row.roundTripMs)} ms measured; ${kept}`;
    }
    case 'waiting':
      return `${formatCount(row.free)} of ${formatCount(row.connections)} free`;
    case 'history':
      return `credit ${formatCount(row.credit)}, ${countOf(row.disconnects, 'disconnect')}, ${row.evaluations === 0 ? 'not evaluated' : countOf(row.evaluations, 'evaluation')}`;
    case 'distance':
      return kilometres === 0 ? 'in your cell' : `about ${formatCount(kilometres)} km`;
  }
}
