import {
  AuthorizeKey,
  CreateAccount,
  RevokeKey,
  SetEncryptionKey,
  UpdateProfile,
} from '#ledger/contracts/account/methods.ts';
import type {
  AuthorizeKeyArgs,
  CreateAccountArgs,
  RevokeKeyArgs,
  SetEncryptionKeyArgs,
  UpdateProfileArgs,
} from '#ledger/contracts/account/methods.ts';
import { Apply, EndAgreement, RequestReissue } from '#ledger/contracts/agreement/methods.ts';
import type { ApplyArgs, EndAgreementArgs, RequestReissueArgs } from '#ledger/contracts/agreement/methods.ts';
import {
  ProposeGrant,
  ProposeParameter,
  ProposeValidator,
  ProposeValidatorRemoval,
  RequestRole,
  Vote,
} from '#ledger/contracts/governance/methods.ts';
import type {
  ProposeGrantArgs,
  ProposeParameterArgs,
  ProposeValidatorArgs,
  ProposeValidatorRemovalArgs,
  RequestRoleArgs,
  VoteArgs,
} from '#ledger/contracts/governance/methods.ts';
import {
  PublishResource,
  ResumeResource,
  RetireResource,
  SuspendResource,
} from '#ledger/contracts/resource/methods.ts';
import type {
  PublishResourceArgs,
  ResumeResourceArgs,
  RetireResourceArgs,
  SuspendResourceArgs,
} from '#ledger/contracts/resource/methods.ts';
import { ContestClaim } from '#ledger/contracts/settlement/methods.ts';
import type { ContestClaimArgs } from '#ledger/contracts/settlement/methods.ts';
import { ReviseStrategy } from '#ledger/contracts/strategy/methods.ts';
import type { ReviseStrategyArgs } from '#ledger/contracts/strategy/methods.ts';
import { Transfer } from '#ledger/contracts/token/methods.ts';
import type { TransferArgs } from '#ledger/contracts/token/methods.ts';

/** What a person can sign on a screen, by the method's name. */
export const METHODS = {
  CreateAccount,
  AuthorizeKey,
  RevokeKey,
  SetEncryptionKey,
  UpdateProfile,
  Transfer,
  PublishResource,
  SuspendResource,
  ResumeResource,
  RetireResource,
  ReviseStrategy,
  Apply,
  RequestReissue,
  EndAgreement,
  ContestClaim,
  RequestRole,
  ProposeParameter,
  ProposeGrant,
  ProposeValidator,
  ProposeValidatorRemoval,
  Vote,
} as const;

export type MethodName = keyof typeof METHODS;

/** Args of each method, as its contract declares them. */
export interface MethodArgs {
  CreateAccount: CreateAccountArgs;
  AuthorizeKey: AuthorizeKeyArgs;
  RevokeKey: RevokeKeyArgs;
  SetEncryptionKey: SetEncryptionKeyArgs;
  UpdateProfile: UpdateProfileArgs;
  Transfer: TransferArgs;
  PublishResource: PublishResourceArgs;
  SuspendResource: SuspendResourceArgs;
  ResumeResource: ResumeResourceArgs;
  RetireResource: RetireResourceArgs;
  ReviseStrategy: ReviseStrategyArgs;
  Apply: ApplyArgs;
  RequestReissue: RequestReissueArgs;
  EndAgreement: EndAgreementArgs;
  ContestClaim: ContestClaimArgs;
  RequestRole: RequestRoleArgs;
  ProposeParameter: ProposeParameterArgs;
  ProposeGrant: ProposeGrantArgs;
  ProposeValidator: ProposeValidatorArgs;
  ProposeValidatorRemoval: ProposeValidatorRemovalArgs;
  Vote: VoteArgs;
}
