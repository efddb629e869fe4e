'use client';

import { use, useState } from 'react';
import { useConfig, type Connector } from 'wagmi';
import { connect } from 'wagmi/actions';
import { openDocument } from '#components/ui/document.ts';
import { makeCurrent } from './key-vault.ts';
import { signInWith, type SignInResult } from './sign-in.ts';
import { connectorOf, walletProblem } from './sign-transaction.ts';
import { SigningContext } from './use-signed-action.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';

export interface SignIn {
  /** Name or address of who is signing in, while it lasts. */
  pending: string | undefined;
  sentence: string | undefined;
  withPerson: (address: string) => Promise<void>;
  withWallet: (connector: Connector) => Promise<void>;
}

/** Signs in with a key kept in this browser or with an injected wallet, then goes to `next` with a fresh page. */
export function useSignIn(next: string): SignIn {
  const config = useConfig();
  const actions = use(SigningContext);
  const keepSession = async () => actions?.keepSession();
  const [pending, setPending] = useState<string>();
  const [sentence, setSentence] = useState<string>();

  async function run(who: string, attempt: () => Promise<SignInResult>) {
    setPending(who);
    setSentence(undefined);
    let result: SignInResult;
    try {
      result = await attempt();
    } catch (error) {
      result = { ok: false, sentence: walletProblem(error) };
    }
    if (result.ok) {
      // A whole new page: everything on it belongs to the new session.
      openDocument(next);
      return;
    }
    setSentence(result.sentence);
    setPending(undefined);
  }

  return {
    pending,
    sentence,
    withPerson: (address) =>
      run(address, async () => {
        await makeCurrent(address);
        const connector = await connectorOf(config, address);
        if (!connector) return { ok: false, sentence: 'This browser no longer keeps that key.' };
        return signInWith(config, { address, connector }, keepSession);
      }),
    withWallet: (connector) =>
      run(connector.name, async () => {
        const isConnected = [...config.state.connections.values()].some(
          (connection) => connection.connector.uid === connector.uid,
        );
        const accounts = isConnected ? await connector.getAccounts() : (await connect(config, { connector })).accounts;
        const address = accounts[0];
        if (!address)
          return { ok: false, sentence: `${isolatedText(connector.name)} named no account: unlock it and choose one.` };
        return signInWith(config, { address, connector }, keepSession);
      }),
  };
}
