'use client';

import { useState } from 'react';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { beyondTheForm, ConditionVerdicts } from '#components/ledger/condition-verdicts.tsx';
import { FailedConditions } from '#components/ledger/failed-conditions.tsx';
import { firstDraft, type UseDraft } from '#components/ledger/intended-use.ts';
import { changedDraft } from '#components/ledger/use-change.ts';
import { useDescribedUse, type DescribedUse, type DescribedUseProps } from '#components/ledger/use-described-use.ts';
import { UseFields } from '#components/ledger/use-fields.tsx';
import { parametersOfUse } from '#components/ledger/use-parameters.ts';
import { kindOf } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { useFirstWrongField } from '#components/ui/first-wrong-field.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { askAdmission } from '../../../../actions.ts';
import { carryUse } from './carried-use.tsx';

export interface AdmissionFormProps extends Omit<DescribedUseProps, 'kind'> {
  kind: string;
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
}

/** "Would I be admitted?": judged while it is typed, and answered as a whole before anything is signed. */
export function AdmissionForm({ kind: kindName, purposes, fieldsOfBusiness, ...props }: AdmissionFormProps) {
  const kind = kindOf(kindName);
  const { resource, strategy, free } = props;
  const described = useDescribedUse(
    { ...props, kind },
    { first: () => firstDraft(kind, strategy, free), ask: askAdmission },
  );
  const { draft, errors, limits, judgement } = described;
  const { form, focusFirstWrong } = useFirstWrongField<HTMLFormElement>();
  const [isAnswered, setIsAnswered] = useState(false);

  function change(next: UseDraft) {
    described.setDraft(next);
    carryUse(resource, parametersOfUse(kind, next));
  }
  function ask() {
    described.check();
    setIsAnswered(true);
    carryUse(resource, parametersOfUse(kind, draft));
    if (!described.parsed.ok || limits.length > 0) focusFirstWrong();
  }

  return (
    <form
      ref={form}
      aria-label="Would I be admitted?"
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <UseFields
        draft={draft}
        onChange={change}
        errors={errors}
        kind={kind}
        strategy={strategy}
        free={free}
        purposes={purposes}
        fieldsOfBusiness={fieldsOfBusiness}
        conditions={judgement.conditions}
        limits={limits}
      />
      <ConditionVerdicts
        conditions={beyondTheForm(kind, judgement.conditions)}
        kind={kind}
        onChange={(changes) => change(changedDraft(kind, draft, changes))}
      />
      <div>
        <Button type="submit">Ask the contract</Button>
      </div>
      <ProblemNote sentence={judgement.sentence} />
      {isAnswered ? <Answer described={described} /> : null}
    </form>
  );
}

/** To what stands in the form now: a change asks again, and no answer of before stays. */
function Answer({ described: { parsed, limits, judgement } }: { described: DescribedUse }) {
  const { current } = judgement;
  if (!parsed.ok) return null;
  if (limits.length > 0)
    return (
      <Note kind="warning" title="This cannot be had" isLive>
        <ul className="list-disc ps-4">
          {limits.map(({ path, sentence }) => (
            <li key={path}>{sentence}</li>
          ))}
        </ul>
      </Note>
    );
  if (current === undefined) return judgement.sentence ? null : <p role="status">Asking the contract again…</p>;
  if (current.admitted) {
    return (
      <Note kind="success" title="You would be admitted" isLive>
        Every condition holds. It is decided again when you apply, and what you answered here goes along.{' '}
        <AsOfBlock asOf={current.asOf} />
      </Note>
    );
  }
  return (
    <Note kind="warning" title="You would be refused" isLive>
      <FailedConditions failed={current.failed} />
      <AsOfBlock asOf={current.asOf} />
    </Note>
  );
}
