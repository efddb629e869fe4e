'use client';

import { useState } from 'react';
import type { Act } from '#components/monitoring/act.ts';
import { useAct } from '#components/monitoring/use-act.ts';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { ProblemNote } from '#components/ui/note.tsx';
import { MESSAGE_MAX } from '#lib/shared/repair.ts';

export interface SupportInput {
  incident: number;
  text: string;
}

/** Writes into the thread of an incident. */
export function SupportForm({ incident, send }: { incident: number; send: Act<SupportInput> }) {
  const [text, setText] = useState('');
  const { isBusy, sentence, run } = useAct(send);
  return (
    <form
      aria-label="Write a message"
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void run({ incident, text }).then((isSent) => {
          if (isSent) setText('');
        });
      }}
    >
      <Field label="Message" name="message" value={text} onChange={setText} maxLength={MESSAGE_MAX} rows={3} />
      <ProblemNote sentence={sentence} />
      <div>
        <Button type="submit" isPending={isBusy} isDisabled={text.trim() === ''}>
          Send the message
        </Button>
      </div>
    </form>
  );
}
