'use client';

import { useState } from 'react';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { FailedConditions } from '#components/ledger/failed-conditions.tsx';
import { firstDraft, parseUse, type UseDraft } from '#components/ledger/intended-use.ts';
import { UseFields } from '#components/ledger/use-fields.tsx';
import { kindOf } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { whyNoAnswer } from '#components/ui/portal-version.ts';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import type { AdmissionDto, QuantityDto, StrategyDto } from '#lib/shared/dto.ts';
import { askAdmission } from '../actions.ts';

export interface AdmissionFormProps {
  resource: number;
  kind: string;
  strategy: StrategyDto;
  free: readonly QuantityDto[];
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
}

/** "Would I be admitted?": the contract's answer before anything is signed. */
export function AdmissionForm(props: AdmissionFormProps) {
  const { resource, kind: kindName, strategy, free, purposes, fieldsOfBusiness } = props;
  const kind = kindOf(kindName);
  const [draft, setDraft] = useState<UseDraft>(() => firstDraft(kind, strategy, free));
  const [hasTried, setHasTried] = useState(false);
  const parsed = parseUse(kind, draft);
  const errors = hasTried && !parsed.ok ? parsed.errors : {};
  const [isAsking, setIsAsking] = useState(false);
  const [admission, setAdmission] = useState<AdmissionDto>();
  const [sentence, setSentence] = useState<string>();

  async function ask() {
    setSentence(undefined);
    setAdmission(undefined);
    setHasTried(true);
    if (!parsed.ok) return;
    const { purpose, fieldOfBusiness, durationMs, choices, amounts } = parsed.use;
    setIsAsking(true);
    try {
      const answer = await askAdmission({
        resource,
        purpose,
        field: fieldOfBusiness,
        durationMs,
        choices,
        amounts: amounts.map(toQuantityDto),
      });
      if (answer.ok) setAdmission(answer.admission);
      else setSentence(answer.sentence);
    } catch {
      setSentence(await whyNoAnswer('The contract did not answer in time: ask again.'));
    }
    setIsAsking(false);
  }

  return (
    <form
      aria-label="Would I be admitted?"
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <UseFields
        draft={draft}
        onChange={setDraft}
        errors={errors}
        kind={kind}
        strategy={strategy}
        free={free}
        purposes={purposes}
        fieldsOfBusiness={fieldsOfBusiness}
      />
      <div>
        <Button type="submit" isPending={isAsking}>
          Ask the contract
        </Button>
      </div>
      <ProblemNote sentence={sentence} />
      {admission ? <Answer admission={admission} /> : null}
    </form>
  );
}

function Answer({ admission }: { admission: AdmissionDto }) {
  if (admission.admitted) {
    return (
      <Note kind="success" title="You would be admitted" isLive>
        Every condition holds. It is decided again when you apply. <AsOfBlock asOf={admission.asOf} />
      </Note>
    );
  }
  return (
    <Note kind="warning" title="You would be refused" isLive>
      <FailedConditions failed={admission.failed} />
      <AsOfBlock asOf={admission.asOf} />
    </Note>
  );
}
