'use client';

import { ErrorNote, type ErrorNoteProps } from '../_components/error-note.tsx';

export default function DashboardErrorPage(props: ErrorNoteProps) {
  return <ErrorNote {...props} />;
}
