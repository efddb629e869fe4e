'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import type { Act } from './act.ts';
import { useAct } from './use-act.ts';

export interface AcknowledgeFormProps {
  alert: number;
  acknowledge: Act<{ alert: number; note: string }>;
}

/** Says that somebody looks after an alert, and what they know. */
export function AcknowledgeForm({ alert, acknowledge }: AcknowledgeFormProps) {
  const [note, setNote] = useState('');
  const { isBusy, sentence, run } = useAct(acknowledge);
  return (
    <Panel>
      <form
        aria-label="Acknowledge"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void run({ alert, note: note.trim() });
        }}
      >
        <Field
          label="Note"
          name="note"
          value={note}
          onChange={setNote}
          maxLength={500}
          rows={2}
          description="What you know and what you do about it. Everybody who sees the alert reads it."
        />
        <ProblemNote sentence={sentence} />
        <div>
          <Button type="submit" variant="primary" isPending={isBusy}>
            Acknowledge the alert
          </Button>
        </div>
      </form>
    </Panel>
  );
}
