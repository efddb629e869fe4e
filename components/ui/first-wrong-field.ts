'use client';

import { useEffect, useRef, useState, type RefObject } from 'react';

/** A field that is wrong, or the first of a group that is wrong as a whole and marked so. */
const WRONG = '[aria-invalid="true"], [data-invalid] input';

/** For a form that was refused: `focusFirstWrong` puts the focus, once the errors are on the page, where the first one is put right. */
export function useFirstWrongField<Form extends HTMLElement>(): {
  form: RefObject<Form | null>;
  focusFirstWrong: () => void;
} {
  const form = useRef<Form>(null);
  const [refusals, setRefusals] = useState(0);
  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLElement>(WRONG)?.focus();
  }, [refusals]);
  return { form, focusFirstWrong: () => setRefusals((before) => before + 1) };
}
