import { connect, signTypedData } from 'wagmi/actions';
import type { Config, Connector } from 'wagmi';
import type { Address, TypedDataDefinition } from 'viem';
import { methodOf, type MethodArgs, type MethodName } from '#ledger/contracts/definitions.ts';
import { formatAddress } from '#ledger/core/address.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import {
  compileMethod,
  encodeTransaction,
  isWellFormed,
  recoverSigner,
  transactionId,
  type Transaction,
} from '#ledger/core/transaction.ts';
import { fromWalletSignature, toWalletTypedData } from '#ledger/core/wallet.ts';
import type { PreparedTransaction } from '#lib/shared/dto.ts';
import { BROWSER_KEY_ID, switchPerson } from './browser-key.ts';
import { keyFault } from './key-fault.ts';
import type { LastSigned } from './recorded.ts';

export type Signed = { ok: true; signedHex: string; signed: LastSigned } | { ok: false; sentence: string };

/** The connected wallet that holds `address`: an injected one, or the key kept in this browser. */
export async function connectorOf(config: Config, address: string): Promise<Connector | undefined> {
  for (const connection of config.state.connections.values()) {
    const holds = connection.accounts.some((account) => account.toLowerCase() === address.toLowerCase());
    if (holds && connection.connector.id !== BROWSER_KEY_ID) return connection.connector;
  }
  const own = config.connectors.find((connector) => connector.id === BROWSER_KEY_ID);
  if (!own || !(await switchPerson(address))) return undefined;
  const isConnected = [...config.state.connections.values()].some((connection) => connection.connector.uid === own.uid);
  if (isConnected) own.onAccountsChanged([address]);
  else await connect(config, { connector: own });
  return own;
}

/** Why a wallet did not sign, in one sentence. */
export function walletProblem(error: unknown): string {
  const { code, shortMessage, message } = error as { code?: number; shortMessage?: string; message?: string };
  if (code === 4001) return 'The wallet did not sign: you declined, or it does not keep this key. Nothing was sent.';
  const reason = keyFault(error, `The wallet did not sign: ${shortMessage ?? message ?? 'it gave no reason'}.`);
  return `${reason} Nothing was sent.`;
}

/**
 * Builds the typed data of one method, lets the wallet that holds `address` sign it, and returns the transaction as hex for a
 * command. The signature is checked here first, so that a contract wallet or the wrong key is a sentence and not a failed write.
 */
export async function signMethod<Name extends MethodName>(
  config: Config,
  request: { method: Name; args: MethodArgs[Name]; prepared: PreparedTransaction; address: string },
): Promise<Signed> {
  const { prepared, address } = request;
  const method = methodOf(request.method);
  const compiled = compileMethod(method, nobleCrypto);
  const network = fromHex(prepared.network);
  if (network?.length !== 32)
    return { ok: false, sentence: 'The portal did not name its network: load the page again.' };
  const transaction: Transaction = {
    method: method.name,
    account: BigInt(prepared.account),
    key: BigInt(prepared.key),
    nonce: BigInt(prepared.nonce),
    validUntilMs: BigInt(prepared.validUntilMs),
    args: request.args,
  };
  if (!isWellFormed(transaction, compiled)) {
    return {
      ok: false,
      sentence: 'A value is outside what the contract takes: check the numbers and the length of the texts.',
    };
  }
  const connector = await connectorOf(config, address);
  if (!connector) {
    return {
      ok: false,
      sentence: `No wallet in this browser holds ${address}: connect it, or bring the key here on the sign-in page.`,
    };
  }
  let signatureHex: string;
  try {
    signatureHex = await signTypedData(config, {
      account: address as Address,
      connector,
      ...(toWalletTypedData(method, transaction, network) as TypedDataDefinition),
    });
  } catch (error) {
    return { ok: false, sentence: walletProblem(error) };
  }
  const signature = fromWalletSignature(signatureHex);
  if (!signature)
    return {
      ok: false,
      sentence: 'The wallet answered with no plain signature: contract wallets cannot be used here yet.',
    };
  const signed = { transaction, network, signature };
  const signer = recoverSigner(signed, compiled, nobleCrypto);
  if (!signer || formatAddress(signer, nobleCrypto).toLowerCase() !== address.toLowerCase()) {
    return {
      ok: false,
      sentence: `The wallet signed with another key than ${address}: choose that account in the wallet and try again.`,
    };
  }
  return {
    ok: true,
    signedHex: toHex(encodeTransaction(signed, compiled)),
    signed: {
      does: method.definition.does,
      tx: toHex(transactionId(transaction, network, compiled, nobleCrypto)),
      validUntilMs: prepared.validUntilMs,
    },
  };
}
