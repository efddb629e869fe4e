import { definitions } from '#ledger/contracts/definitions.ts';
import { implementations, type Implementations } from '#ledger/contracts/registry.ts';
import { tokenCodes } from '#ledger/contracts/token/definition.ts';
import { fail } from '#ledger/core/result.ts';

/** A second version of the contract token, for tests: one rule more, and what a program that has it can execute. */

/** Version 2 moves no less than this at a time; version 1 moves one micro-unit. */
export const LEAST_MICRO = 10n;

const [founding] = implementations.token;

export const token2Definition = {
  ...definitions.token,
  version: 2n,
  revision: `a transfer moves ${LEAST_MICRO} micro-units or more`,
};

/** All that this release can execute, and version 2 of token. */
export const withToken2: Implementations = {
  ...implementations,
  token: [
    ...implementations.token,
    {
      ...founding!,
      definition: token2Definition,
      decide: (state, command, ctx, around) =>
        command.args.amountMicro < LEAST_MICRO
          ? fail(tokenCodes.AMOUNT_INVALID)
          : founding!.decide!(state, command, ctx, around),
    },
  ],
};
