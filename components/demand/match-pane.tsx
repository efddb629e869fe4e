import { AccountName } from '#components/ledger/account-name.tsx';
import { countOf } from '#components/ui/count.ts';
import { Countdown } from '#components/ui/countdown.tsx';
import { everyInWords, sentenceCase } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Note } from '#components/ui/note.tsx';
import { Time } from '#components/ui/time.tsx';
import type { DemandDetail } from '#lib/shared/demand-dto.ts';
import type { MatchingDto, MatchingsDto } from '#lib/shared/match-dto.ts';

/** `3 requests waited, 2 were matched, 2 bought`. */
export function matchingInWords({ asked, matched, served }: Pick<MatchingDto, 'asked' | 'matched' | 'served'>): string {
  const waited = `${countOf(asked, 'request')} waited`;
  if (matched === 0) return `${waited}, and no offer was found for ${asked === 1 ? 'it' : 'any'}`;
  return `${waited}, ${matched} ${matched === 1 ? 'was' : 'were'} matched, ${served} bought`;
}

export interface MatchPaneProps {
  demand: Pick<DemandDetail, 'status' | 'budgetMicro' | 'openUntilMs' | 'publishedAtMs' | 'viewer'>;
  matchings: MatchingsDto;
  serverTimeMs: number;
}

/** Of a request that waits for a match: when the next is, what it may buy, and what came of the last one. */
export function MatchPane({ demand, matchings, serverTimeMs }: MatchPaneProps) {
  const { nextAtMs, epochMs, waiting } = matchings;
  const isTooLate = demand.openUntilMs < nextAtMs;
  const last = matchings.items[0];
  return (
    <>
      {isTooLate ? (
        <Note kind="warning" title="It expires before the next match">
          Nothing will be bought for it. Publish it again, and let it wait for longer.
        </Note>
      ) : (
        <Note kind="info" title="It is bought by itself">
          <span>The next match is in </span>
          <Countdown
            untilMs={nextAtMs}
            serverTimeMs={serverTimeMs}
            after="a moment: with the next block"
            className="font-medium"
          />
          <span>. What is found then is bought at once, for at most </span>
          <Money amountMicro={demand.budgetMicro} />
          <span>{demand.viewer === 'customer' ? '. Withdraw the request if you do not want that any more.' : '.'}</span>
        </Note>
      )}
      <p className="text-sm text-muted">
        {`${sentenceCase(everyInWords(epochMs))} the requests that wait are matched together: as many as possible, then for the least cost. ${countOf(waiting, 'request')} ${waiting === 1 ? 'waits' : 'wait'} now.`}
      </p>
      <div className="text-sm">
        <h3 className="font-medium">The last match</h3>
        {last === undefined ? (
          <p className="text-muted">There was none yet.</p>
        ) : (
          <>
            <p>
              <Time timeMs={last.matchedAtMs} nowMs={serverTimeMs} />
              <span>{`: ${matchingInWords(last)}.`}</span>
              {last.broker === null ? null : (
                <span>
                  {' '}
                  <span>It was the match of </span>
                  <AccountName account={last.broker} />
                  <span>.</span>
                </span>
              )}
            </p>
            {last.matchedAtMs > demand.publishedAtMs && demand.status === 'open' ? (
              <p className="mt-1 text-muted">
                This request was not served in it: nothing fitted within the budget, others got what did, or the balance
                did not reach. It waits for the next. The analysis says what each offer lacks.
              </p>
            ) : null}
          </>
        )}
      </div>
    </>
  );
}
