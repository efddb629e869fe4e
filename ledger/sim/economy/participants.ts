import type { Books } from './books.ts';
import type { Prng } from '#ledger/sim/prng.ts';

/** One that takes part: it acts once an epoch. `accounts`: all of its own; `identities`: how many of them an operator identified. */
export interface Participant {
  readonly name: string;
  readonly what: string;
  readonly isFarmer: boolean;
  readonly accounts: readonly bigint[];
  readonly identities: number;
  act(books: Books, epoch: number, chance: Prng): void;
}

/** Numbers for accounts and nodes that nobody had. */
export class Numbers {
  #next = 1n;
  take(count: number): bigint[] {
    return Array.from({ length: count }, () => this.#next++);
  }
}

const HOUR_MS = 3_600_000n;
/** An hour of the sample data set. */
const HOUR_MICRO = 3_600_000n;
/** What a farmer has to move in circles. */
const CAPITAL_MICRO = 200_000_000n;
const HOURS_OF_DAY = 24n;

type Make = (books: Books, numbers: Numbers) => Participant;

function withNode(books: Books, account: bigint, node: bigint): void {
  books.identified.add(account);
  books.nodes.set(node, account);
}

/** Online nearly always; customers of its own market buy some hours. */
export const honest: Make = (books, numbers) => {
  const [provider, node, ...customers] = numbers.take(6) as [bigint, bigint, ...bigint[]];
  withNode(books, provider, node);
  for (const customer of customers) books.give(customer, 100_000_000_000n);
  return {
    name: 'honest',
    what: 'online, serves strangers',
    isFarmer: false,
    accounts: [provider],
    identities: 1,
    act: (on, _epoch, chance) => {
      on.measured(node, BigInt(chance.between(940, 1_000)));
      for (const customer of customers) {
        const hours = BigInt(chance.between(0, 6));
        if (hours > 0n) on.settle({ provider, customer, keptMs: hours * HOUR_MS, chargeMicro: hours * HOUR_MICRO });
      }
    },
  };
};

/** Half the time there, and never bought from. */
export const lazy: Make = (books, numbers) => {
  const [provider, node] = numbers.take(2) as [bigint, bigint];
  withNode(books, provider, node);
  return {
    name: 'lazy',
    what: 'online half the time, serves nobody',
    isFarmer: false,
    accounts: [provider],
    identities: 1,
    act: (on, _epoch, chance) => on.measured(node, BigInt(chance.between(0, 1_000))),
  };
};

interface Wash {
  readonly name: string;
  readonly what: string;
  /** Accounts between the provider and its customer. */
  readonly mules: number;
  /** Epochs for which the tokens rest before they go round again. */
  readonly restsEpochs: number;
  readonly hourMicro: bigint;
  /** Other own accounts that send more to the customer first, so that the provider's sum makes room. */
  readonly crowd?: number;
}

/** Buys from itself all day long with tokens that go round. */
const wash =
  ({ name, what, mules, restsEpochs, hourMicro, crowd = 0 }: Wash): Make =>
  (books, numbers) => {
    const [provider, customer] = numbers.take(2) as [bigint, bigint];
    const between = numbers.take(mules);
    const others = numbers.take(crowd);
    books.identified.add(provider);
    books.give(customer, CAPITAL_MICRO);
    const way = [provider, ...between, customer];
    return {
      name,
      what,
      isFarmer: true,
      accounts: [...way, ...others],
      identities: 1,
      act: (on, epoch) => {
        if (epoch % (restsEpochs + 1) === 0) {
          const all = on.balance(provider);
          for (let at = 1; at < way.length; at++) on.transfer(way[at - 1]!, way[at]!, all);
          // The customer's own tokens pass through each of the crowd: sixteen sums, each as large as all it has.
          for (const other of others) {
            const has = on.balance(customer);
            on.transfer(customer, other, has);
            on.transfer(other, customer, has);
          }
        }
        for (let hour = 0n; hour < HOURS_OF_DAY; hour++)
          if (!on.settle({ provider, customer, keptMs: HOUR_MS, chargeMicro: hourMicro })) return;
      },
    };
  };

/** Many identities, each with an agent that is there and does nothing. */
const manyIdentities =
  (count: number): Make =>
  (books, numbers) => {
    const accounts = numbers.take(count);
    const nodes = numbers.take(count);
    accounts.forEach((account, at) => withNode(books, account, nodes[at]!));
    return {
      name: `${count} identities`,
      what: 'an idle agent for each of many identities',
      isFarmer: true,
      accounts,
      identities: count,
      act: (on) => {
        for (const node of nodes) on.measured(node, 1_000n);
      },
    };
  };

/** Many agents of one account. */
const manyAgents =
  (count: number): Make =>
  (books, numbers) => {
    const [account] = numbers.take(1) as [bigint];
    const nodes = numbers.take(count);
    for (const node of nodes) withNode(books, account, node);
    return {
      name: `${count} agents`,
      what: 'many idle agents of one identity',
      isFarmer: true,
      accounts: [account],
      identities: 1,
      act: (on) => {
        for (const node of nodes) on.measured(node, 1_000n);
      },
    };
  };

const FULL = HOUR_MICRO;

export const farmers: readonly Make[] = [
  wash({
    name: 'wash',
    what: 'buys from itself, tokens come straight back',
    mules: 0,
    restsEpochs: 0,
    hourMicro: FULL,
  }),
  wash({
    name: 'wash over 4',
    what: 'the same over three accounts: four transfers',
    mules: 3,
    restsEpochs: 0,
    hourMicro: FULL,
  }),
  wash({
    name: 'wash over 5',
    what: 'the same over four accounts: one transfer more than is followed',
    mules: 4,
    restsEpochs: 0,
    hourMicro: FULL,
  }),
  wash({
    name: 'patient wash',
    what: 'tokens come back once nobody remembers the last time',
    mules: 0,
    restsEpochs: 10,
    hourMicro: FULL,
  }),
  wash({
    name: 'crowded wash',
    what: 'sixteen own accounts send the customer more than the provider did',
    mules: 0,
    restsEpochs: 0,
    hourMicro: FULL,
    crowd: 16,
  }),
  wash({
    name: 'cheap wash',
    what: 'over five transfers, at a price that leaves hardly a fee',
    mules: 4,
    restsEpochs: 0,
    hourMicro: 1_000n,
  }),
  wash({
    name: 'free wash',
    what: 'over five transfers, at a price whose fee is nothing',
    mules: 4,
    restsEpochs: 0,
    hourMicro: 10n,
  }),
  manyIdentities(20),
  manyAgents(20),
];
