'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef, type FormEvent, type ReactNode } from 'react';

const PAUSE_MS = 300;

export interface InstantFormProps {
  /** Path of the page that reads the fields from its address. */
  action: string;
  label: string;
  /** What the address asks now, by the names of the fields. */
  asked: Readonly<Record<string, string | undefined>>;
  className?: string;
  children: ReactNode;
}

/** The address that a form asks for: its filled fields alone. */
function addressOf(action: string, form: HTMLFormElement): string {
  const filled = [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === 'string' && value.trim() !== '' ? [[name, value]] : [],
  );
  const query = new URLSearchParams(filled).toString();
  return query === '' ? action : `${action}?${query}`;
}

/** A search form whose page follows it: a choice is shown at once, words after a short pause. Without scripts its button asks for the page. */
export function InstantForm({ action, label, asked, className, children }: InstantFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const router = useRouter();

  // The address changes by links too, and by the browser's own buttons; what is being typed stays. As text, because every refresh of
  // the page gives another object that says the same.
  const address = JSON.stringify(asked);
  useEffect(() => {
    const asked = JSON.parse(address) as InstantFormProps['asked'];
    for (const field of form.current?.elements ?? []) {
      if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) continue;
      if (field.name === '' || (field === document.activeElement && field instanceof HTMLInputElement)) continue;
      const first = field instanceof HTMLSelectElement ? (field.options[0]?.value ?? '') : '';
      field.value = asked[field.name] ?? first;
    }
  }, [address]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function show(from: HTMLFormElement) {
    clearTimeout(timer.current);
    router.push(addressOf(action, from), { scroll: false });
  }
  function onInput({ currentTarget, target }: FormEvent<HTMLFormElement>) {
    if (target instanceof HTMLSelectElement) return show(currentTarget);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => router.replace(addressOf(action, currentTarget), { scroll: false }), PAUSE_MS);
  }
  return (
    <form
      ref={form}
      action={action}
      method="get"
      role="search"
      aria-label={label}
      className={className}
      onInput={onInput}
      onSubmit={(event) => {
        event.preventDefault();
        show(event.currentTarget);
      }}
    >
      {children}
    </form>
  );
}
