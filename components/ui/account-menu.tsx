'use client';

import { CircleUser } from 'lucide-react';
import Link from 'next/link';
import { signOut } from 'next-auth/react';
import { useState } from 'react';
import { Button } from './button.tsx';
import { shorten } from './format.ts';
import { forgetDraftsOf } from './kept-draft.ts';

export interface AccountMenuProps {
  /** `A-88`, or undefined while there is no account yet. */
  account: string | undefined;
  name: string | null;
  address: string;
}

/** Who is signed in, and the way out. */
export function AccountMenu({ account, name, address }: AccountMenuProps) {
  const [isLeaving, setIsLeaving] = useState(false);
  async function leave() {
    setIsLeaving(true);
    // What was unlocked for this tab is locked again.
    sessionStorage.clear();
    forgetDraftsOf(address);
    await signOut({ callbackUrl: '/' });
  }
  return (
    <div className="flex items-center gap-1">
      <Link
        href="/customer/account"
        prefetch={false}
        title={address}
        aria-label={`Signed in as ${name ?? account ?? address}: account and keys`}
        className="flex h-8 max-w-48 items-center gap-1.5 rounded-md px-2 text-sm hover:bg-default"
      >
        <CircleUser className="size-4 shrink-0 text-muted" aria-hidden />
        <span className="hidden truncate sm:inline">{name ?? account ?? shorten(address)}</span>
      </Link>
      <Button variant="ghost" size="sm" isPending={isLeaving} onPress={leave}>
        Sign out
      </Button>
    </div>
  );
}
