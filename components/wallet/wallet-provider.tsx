'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { WagmiProvider } from 'wagmi';
import type { Markup } from '#components/ui/markup.ts';
import { walletConfig } from './config.ts';
import { ConfirmSigning } from './confirm-signing.tsx';
import { SigningContext, type SigningActions } from './use-signed-action.ts';

/** Wallets, and the server actions that take what they sign, for the pages below; only pages that sign carry it. */
export function WalletProvider({ actions, children }: { actions: SigningActions; children: Markup }) {
  const [queryClient] = useState(() => new QueryClient());
  return (
    <WagmiProvider config={walletConfig}>
      <QueryClientProvider client={queryClient}>
        <SigningContext value={actions}>
          <ConfirmSigning lookUp={actions.lookUp}>{children}</ConfirmSigning>
        </SigningContext>
      </QueryClientProvider>
    </WagmiProvider>
  );
}
