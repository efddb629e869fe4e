'use client';

import { ErrorNote, type ErrorNoteProps } from './_components/error-note.tsx';

export default function ErrorPage(props: ErrorNoteProps) {
  return (
    <main id="main" tabIndex={-1} className="mx-auto w-full max-w-3xl px-4 py-6 outline-none">
      <ErrorNote {...props} />
    </main>
  );
}
