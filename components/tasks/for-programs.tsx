'use client';

import { CopyButton } from '#components/ui/copy-button.tsx';
import { Code, Disclosure } from '#components/ui/disclosure.tsx';
import type { GatewayLink } from '#components/wallet/gateway.ts';
import { curlLines } from './tools.ts';

/** Not in the page before it is copied: who looks over a shoulder sees nothing. */
const HIDDEN = '<token>';

/** The same calls for programs, as lines to paste. */
export function ForPrograms({ link, digest }: { link: GatewayLink; digest: string }) {
  return (
    <Disclosure summary="The same with curl">
      <div className="flex flex-col gap-2">
        <div>
          <CopyButton text={curlLines(link, digest)} what="lines for curl" isLabelled />
        </div>
        <Code label="Lines for curl" text={curlLines({ ...link, token: HIDDEN }, digest)} />
        <p className="text-xs text-muted">
          Copied lines hold the secret. Clients of GA4GH TES 1.1 take the same address with the token as a bearer token.
        </p>
      </div>
    </Disclosure>
  );
}
