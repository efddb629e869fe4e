'use client';

import { useState } from 'react';

export interface TextOfForm<Form> {
  /** Undefined where the text says more than the form can, or is being written by hand. */
  form: Form | undefined;
  /** Why the form does not show the text; undefined where it could. */
  why: string | undefined;
  /** The text is written by hand, though the form could say it. */
  isByHand: boolean;
  showText: () => void;
  showForm: () => void;
  change: (form: Form) => void;
}

type Reading<Form> = { readonly ok: true; readonly form: Form } | { readonly ok: false; readonly why: string };

/**
 * A text that a form writes. The text alone is kept and signed; the form stands in sync with it because it is read out of it, and holds of
 * its own only how a value was typed. A text that the form cannot say stays as it is.
 */
export function useTextOfForm<Form>(of: {
  text: string;
  onChange: (text: string) => void;
  read: (text: string) => Reading<Form>;
  write: (form: Form) => string;
}): TextOfForm<Form> {
  const { text, onChange, read, write } = of;
  const [typed, setTyped] = useState<Form>();
  const [isByHand, setIsByHand] = useState(false);
  const reading = read(text);
  const isSame = typed !== undefined && write(typed) === text;
  const form = isSame ? typed : reading.ok ? reading.form : undefined;
  return {
    form: isByHand ? undefined : form,
    why: form === undefined && !reading.ok ? reading.why : undefined,
    isByHand: isByHand && form !== undefined,
    showText: () => setIsByHand(true),
    showForm: () => setIsByHand(false),
    change: (next) => {
      setTyped(next);
      onChange(write(next));
    },
  };
}
