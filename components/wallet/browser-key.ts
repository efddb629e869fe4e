import { createConnector } from 'wagmi';
import {
  getAddress,
  UserRejectedRequestError,
  type Address,
  type EIP1193RequestFn,
  type Hex,
  type TypedDataDefinition,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { currentPerson, findPerson, listPeople, makeCurrent, withSecretKey } from './key-vault.ts';

export const BROWSER_KEY_ID = 'browser-key';

/** Sign-in messages need a chain id; this product has no other use for one (PROTOCOL, Transaction). */
export const SIGN_IN_CHAIN_ID = 1;

interface BrowserKeyProvider {
  request: EIP1193RequestFn;
}

async function secretOrRefuse<Value>(address: string, use: (secretKey: Hex) => Promise<Value>): Promise<Value> {
  const value = await withSecretKey(address, use);
  if (value === undefined)
    throw new UserRejectedRequestError(new Error('This browser does not keep the key of that address.'));
  return value;
}

/**
 * Everyone whose key is kept, whoever signs next first. It must not be that one alone: another tab may have chosen another person
 * meanwhile, and wagmi refuses to sign for an address that is not named here.
 */
async function addresses(): Promise<Address[]> {
  const [current, people] = [await currentPerson(), await listPeople()];
  const others = people.filter(({ address }) => address !== current?.address);
  return [...(current ? [current] : []), ...others].map(({ address }) => address);
}

/** The few EIP-1193 methods that signing needs; there is no chain behind it and nothing is fetched. */
async function answer(method: string, params: readonly unknown[]): Promise<unknown> {
  switch (method) {
    case 'eth_chainId':
      return `0x${SIGN_IN_CHAIN_ID.toString(16)}`;
    case 'eth_accounts':
    case 'eth_requestAccounts':
      return addresses();
    case 'personal_sign': {
      const [raw, address] = params as [Hex, Address];
      return secretOrRefuse(address, (secretKey) => privateKeyToAccount(secretKey).signMessage({ message: { raw } }));
    }
    case 'eth_signTypedData_v4': {
      const [address, json] = params as [Address, string];
      const typedData = JSON.parse(json) as TypedDataDefinition;
      return secretOrRefuse(address, (secretKey) => privateKeyToAccount(secretKey).signTypedData(typedData));
    }
    default:
      throw new UserRejectedRequestError(new Error(`The browser key does not answer ${method}.`));
  }
}

/** Our own wallet: keys made in this browser (key-vault.ts), one person at a time. */
export function browserKey() {
  return createConnector<BrowserKeyProvider>((config) => ({
    id: BROWSER_KEY_ID,
    name: 'Key in this browser',
    type: BROWSER_KEY_ID,
    async connect() {
      const person = await currentPerson();
      if (!person) throw new UserRejectedRequestError(new Error('No key is kept in this browser yet.'));
      // wagmi's signature is generic over a capability list that this wallet does not have.
      return { accounts: [person.address] as never, chainId: SIGN_IN_CHAIN_ID };
    },
    async disconnect() {
      await makeCurrent(undefined);
    },
    getAccounts: addresses,
    async getChainId() {
      return SIGN_IN_CHAIN_ID;
    },
    async isAuthorized() {
      return (await currentPerson()) !== undefined;
    },
    async getProvider() {
      return {
        request: (({ method, params }) => answer(method, (params ?? []) as readonly unknown[])) as EIP1193RequestFn,
      };
    },
    onAccountsChanged(accounts) {
      if (accounts.length > 0)
        config.emitter.emit('change', { accounts: accounts.map((account) => getAddress(account)) });
    },
    onChainChanged() {
      // It has one chain id for good.
    },
    onDisconnect() {
      config.emitter.emit('disconnect');
    },
  }));
}

/** Makes a kept person the one who signs; false when this browser does not keep that key. */
export async function switchPerson(address: string): Promise<boolean> {
  if (!(await findPerson(address))) return false;
  await makeCurrent(address);
  return true;
}
