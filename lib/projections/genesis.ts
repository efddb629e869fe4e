import type { Role } from '#ledger/contracts/shared/roles.ts';
import { FIRST_ACCESS_RULES } from '#ledger/contracts/node/definition.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { Genesis, GenesisAccount } from '#ledger/core/genesis.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { projectAccount } from './account.ts';
import { toJson, type EventContext } from './context.ts';
import { projectNode } from './node.ts';
import { insert, type RowChange } from './row-change.ts';
import { projectToken } from './token.ts';

/** Genesis stands before the first block: its rows carry height 0 and no receipt. */
function genesisContext(genesis: Genesis, sequence: number): EventContext {
  return { height: 0n, timeMs: genesis.timeMs, phase: 0, index: 0, sequence, logIndex: -1n, tx: null };
}

function founderRows(account: bigint, founder: GenesisAccount, genesis: Genesis): RowChange[] {
  const context = genesisContext(genesis, Number(account));
  const { address, profileCommitment, encryptionKey } = founder;
  const facts = { account, address, profileCommitment, encryptionKey, createdAtMs: genesis.timeMs };
  const roles = [...new Set(founder.roles)].flatMap((role) =>
    projectAccount(
      { contract: 'account', version: 1n, type: 'RoleGranted', account, role: role as Role, proposal: 0n },
      context,
    ),
  );
  return [
    ...projectAccount({ contract: 'account', version: 1n, type: 'AccountCreated', ...facts }, context),
    ...roles,
    ...minted(account, founder.balanceMicro, context),
  ];
}

function minted(to: bigint, amountMicro: bigint, context: EventContext): RowChange[] {
  if (amountMicro === 0n) return [];
  return projectToken({ contract: 'token', version: 1n, type: 'TokensMinted', to, amountMicro }, context);
}

/** Nodes with dense ids from 1, in genesis' order, as the node contract founds them. */
function nodeRows(genesis: Genesis): RowChange[] {
  const { validators, timeMs: atMs } = genesis;
  return validators.flatMap(({ name, publicKey, operator = 0n }, index) => {
    const address = validatorAddress(publicKey, nobleCrypto);
    const facts = { node: BigInt(index + 1), name, publicKey, address, operator, atMs };
    return projectNode(
      { contract: 'node', version: 1n, type: 'NodeFounded', ...facts },
      genesisContext(genesis, index),
    );
  });
}

/** What stands before height 1: founding accounts with dense ids from 1, their balances, the treasury, the parameters, the nodes. */
export function projectGenesis(genesis: Genesis): RowChange[] {
  const parameters = Object.entries(genesis.parameters).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return [
    ...minted(0n, genesis.treasuryMicro, genesisContext(genesis, 0)),
    ...genesis.accounts.flatMap((founder, index) => founderRows(BigInt(index + 1), founder, genesis)),
    ...parameters.map(([name, value]) => insert('parameters', { name, value: value.toString(), changedAtHeight: 0n })),
    ...nodeRows(genesis),
    insert('access_rules', { id: 0n, rules: toJson([...FIRST_ACCESS_RULES]), proposal: 0n }),
  ];
}
