'use client';

import { Button } from './button.tsx';
import { useIsNewVersion } from './portal-version.ts';
import { reloadWithTyped } from './typed.ts';

/** Stays in sight from the moment a newer portal answers, on every page, until the page is loaded again. */
export function NewVersionNote() {
  const isNew = useIsNewVersion();
  return (
    <div role="status" className="sticky bottom-0 z-40">
      {isNew ? (
        <div className="flex flex-wrap items-center justify-center gap-x-4 gap-y-2 border-t border-warning/50 bg-surface px-4 py-3 text-sm">
          <p>
            A new version of the portal is here. Load the page again to go on: what you have typed comes back,
            passphrases and chosen files do not.
          </p>
          <Button variant="primary" size="sm" onPress={reloadWithTyped}>
            Load the page again
          </Button>
        </div>
      ) : null}
    </div>
  );
}
