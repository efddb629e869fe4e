'use client';

import { createContext, use, useState } from 'react';
import type { Markup } from '#components/ui/markup.ts';
import { Note } from '#components/ui/note.tsx';

const FreshPlansContext = createContext<(isFresh: boolean) => void>(() => undefined);

/** Tells the pane around that a choice bought nothing and made fresh plans: the plan that was chosen is gone with its button by then. */
export function useTellFresh(): (isFresh: boolean) => void {
  return use(FreshPlansContext);
}

/** Plans, and above them what became of a choice that came too late. */
export function FreshPlans({ children }: { children: Markup }) {
  const [isFresh, setIsFresh] = useState(false);
  return (
    <FreshPlansContext value={setIsFresh}>
      {isFresh ? (
        <Note kind="warning" title="Nothing was bought" isLive>
          Something of the plan that you chose was taken or changed just before. Fresh plans were made: they stand here.
        </Note>
      ) : null}
      {children}
    </FreshPlansContext>
  );
}
