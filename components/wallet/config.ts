import { createConfig } from 'wagmi';
import { custom, defineChain } from 'viem';
import { browserKey, SIGN_IN_CHAIN_ID } from './browser-key.ts';

/** Stands for "no chain": wallets sign here, they never send or read anything over an Ethereum node. */
const noChain = defineChain({
  id: SIGN_IN_CHAIN_ID,
  name: 'Interpool',
  nativeCurrency: { name: 'none', symbol: 'none', decimals: 18 },
  rpcUrls: { default: { http: [] } },
});

const refuseRpc = custom({
  async request({ method }: { method: string }): Promise<never> {
    throw new Error(`No Ethereum node is called from here (${method}).`);
  },
});

/** Any injected wallet that announces itself (EIP-6963), and our own connector. */
export const walletConfig = createConfig({
  chains: [noChain],
  connectors: [browserKey()],
  multiInjectedProviderDiscovery: true,
  ssr: true,
  transports: { [SIGN_IN_CHAIN_ID]: refuseRpc },
});
