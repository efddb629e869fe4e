'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { ChangeButtons } from '#components/ledger/condition-verdicts.tsx';
import type { ShownCondition } from '#components/ledger/use-judgement.ts';
import { ForeignSentence } from '#components/ui/foreign.tsx';
import { Note } from '#components/ui/note.tsx';
import type { ChangeDto, FailedConditionDto, RefusalDto } from '#lib/shared/dto.ts';

/** `refusal` is null where it could not be read. */
export type Refused = { refusal: RefusalDto | null };

export interface RefusedNoteProps {
  refused: Refused;
  /** As they are judged for what stands in the form now. */
  conditions: readonly ShownCondition[];
  kind: ShownKind;
  onChange: (changes: readonly ChangeDto[]) => void;
}

/** What the contract refused, condition by condition, each with the change of the form that would meet it. */
export function RefusedNote({ refused: { refusal }, conditions, kind, onChange }: RefusedNoteProps) {
  return (
    <Note kind="problem" title="The contract refused this application" isLive>
      {refusal ? (
        <ul className="list-disc ps-4">
          {refusal.failed.map((failed) => (
            <li key={`${failed.index} ${failed.sentence}`}>
              <Failed
                failed={failed}
                now={conditions.find(({ index }) => index === failed.index)}
                kind={kind}
                onChange={onChange}
              />
            </li>
          ))}
        </ul>
      ) : (
        <p>Every condition that failed stands on your orders page.</p>
      )}
      <p className="mt-1">Nothing was held and nothing was charged. Change what you ask for and apply again.</p>
    </Note>
  );
}

type FailedProps = Pick<RefusedNoteProps, 'kind' | 'onChange'> & {
  failed: FailedConditionDto;
  now: ShownCondition | undefined;
};

function Failed({ failed: { sentence, asked }, now, kind, onChange }: FailedProps) {
  return (
    <>
      <ForeignSentence text={sentence} />
      {asked === null ? null : <span>{`: ${asked}`}</span>}
      {now?.verdict === 'met' ? <span> (met by what stands in the form now)</span> : null}
      {now?.verdict === 'unmet' ? <ChangeButtons kind={kind} changes={now.changes} onChange={onChange} /> : null}
    </>
  );
}
