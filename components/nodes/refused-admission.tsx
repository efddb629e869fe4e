import { AccountName } from '#components/ledger/account-name.tsx';
import { Foreign, ForeignSentence } from '#components/ui/foreign.tsx';
import { Note } from '#components/ui/note.tsx';
import { Time } from '#components/ui/time.tsx';
import type { NetworkNodeDto } from '#lib/shared/dto.ts';
import { foundInWords } from './access.ts';

/** The last admission that was refused, as the ledger recorded it: by whom, when, and every rule that failed [6.2.1-b]. */
export function RefusedAdmission({ refused, nowMs }: { refused: NetworkNodeDto['refused']; nowMs: number }) {
  if (refused === null) return null;
  return (
    <Note kind="problem" title="Its last admission was refused">
      <p>
        <AccountName account={refused.by} /> <span>asked for it on</span> <Time timeMs={refused.atMs} nowMs={nowMs} />
      </p>
      <ul aria-label="Rules that failed" className="mt-1 list-disc ps-4">
        {refused.failed.map((failed, index) => (
          <li key={index}>
            <ForeignSentence text={failed.sentence} />
            <span className="block text-xs">
              <Foreign text={foundInWords(failed)} />
            </span>
          </li>
        ))}
      </ul>
    </Note>
  );
}
