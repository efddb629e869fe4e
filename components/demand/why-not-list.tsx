import Link from 'next/link';
import { countOf } from '#components/ui/count.ts';
import { Foreign, ForeignSentence } from '#components/ui/foreign.tsx';
import { resourceLabel } from '#components/ui/format.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { hrefWith } from '#components/ui/pager.tsx';
import type { WhyNotDto } from '#lib/shared/demand-dto.ts';
import { isFillable, relaxationInWords, type Relaxation } from './relax.ts';

export interface WhyNotListProps {
  whyNot: WhyNotDto;
  demand: number;
  /** Of each need, in the demand's order. */
  kinds: readonly string[];
  /** A program is carried by the first of them. */
  hasWork: boolean;
  /** Where the list stands; its pages differ in `after`. */
  path: string;
  /** It begins somewhere after the first. */
  isLater: boolean;
  viewer: 'customer' | 'broker';
  /** There are plans, or it waits for a match: nothing has to be missing. */
  canBeMet?: boolean;
}

/** What keeps each offer from meeting a demand, and what would help. */
export function WhyNotList({ whyNot, path, isLater, canBeMet = false, ...of }: WhyNotListProps) {
  const { entries, relax, next } = whyNot;
  return (
    <div className="flex flex-col gap-3">
      {relax.length > 0 ? <Relaxations relax={relax} {...of} /> : null}
      <h3 className="font-medium">Offers that do not match</h3>
      {entries.length === 0 ? (
        <p className="text-sm text-muted">
          {canBeMet
            ? 'There is none: every offer of these kinds can be part of it.'
            : 'None is left out by itself: what is missing, they lack together.'}
        </p>
      ) : (
        <ul className="flex flex-col gap-2 text-sm">
          {entries.map(({ resource, sentence }) => (
            <li key={resource.id} className="min-w-0 break-words">
              <Link href={`/catalogue/${resource.id}`} prefetch={false} className="prose-link">
                {resource.title === '' ? resourceLabel(resource.id) : <Foreign text={resource.title} />}
              </Link>
              <span>: </span>
              <ForeignSentence text={sentence} />
            </li>
          ))}
        </ul>
      )}
      {isLater || next !== null ? (
        <nav aria-label="Pages of offers that do not match" className="flex flex-wrap gap-2">
          {isLater ? <LinkButton href={path}>From the beginning</LinkButton> : null}
          {next === null ? null : <LinkButton href={hrefWith(path, {}, { after: String(next) })}>Next</LinkButton>}
        </nav>
      ) : null}
    </div>
  );
}

type Of = Pick<WhyNotListProps, 'demand' | 'kinds' | 'hasWork' | 'viewer'>;

function Relaxations({ relax, ...of }: Of & Pick<WhyNotDto, 'relax'>) {
  return (
    <div className="flex flex-col gap-2">
      <h3 className="font-medium">What would help</h3>
      <ul className="flex flex-col gap-1.5">
        {relax.map(({ more, ...relaxation }) => (
          <li key={JSON.stringify(relaxation)}>
            <OneRelaxation relaxation={relaxation} more={more} {...of} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface OneRelaxationProps extends Of {
  relaxation: Relaxation;
  more: number;
}

/** How many offers would do; 0: those that there are, together. */
export function moreInWords(more: number): string {
  return more === 0 ? 'the offers that there are would do together' : countOf(more, 'more offer');
}

/** As a way to the form for the customer, where the form has a field for it. */
function OneRelaxation({ relaxation, more, demand, kinds, hasWork, viewer }: OneRelaxationProps) {
  const { need = 0, what, name, to } = relaxation;
  const words = `With ${relaxationInWords(relaxation, kinds[need])} (${moreInWords(more)})`;
  if (viewer !== 'customer' || !isFillable(relaxation, { hasWork, kinds }))
    return <span className="text-sm">{words}</span>;
  const query = { from: String(demand), need: String(need), what, name, to };
  return (
    <LinkButton size="sm" href={hrefWith('/customer/requests/new', query, {})} className="h-auto whitespace-normal">
      {words}
    </LinkButton>
  );
}
