import { AccountName } from '#components/ledger/account-name.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { visibleText } from '#ledger/contracts/shared/foreign-text.ts';
import type { NodeFactsDto } from '#lib/shared/dto.ts';
import { verdictsInWords, verdictsOf, type AccessRule } from './access.ts';
import { AccessVerdicts } from './access-verdicts.tsx';
import { NodeDoings, type NodeDoingsProps } from './node-doings.tsx';
import { RegisteredNode } from './node-register.tsx';
import { RefusedAdmission } from './refused-admission.tsx';

export interface AdmissionQueueProps extends Pick<NodeDoingsProps, 'viewer' | 'nowMs' | 'silenceMs'> {
  waiting: readonly NodeFactsDto[];
  rules: readonly AccessRule[];
}

/** Nodes that wait for their admission, each with what every rule says of it. */
export function AdmissionQueue({ waiting, rules, ...doings }: AdmissionQueueProps) {
  return (
    <ul aria-label="Admission queue" className="divide-y divide-separator rounded-md border border-border bg-surface">
      {waiting.map((facts) => {
        const { node } = facts;
        const verdicts = verdictsOf(rules, facts, doings.nowMs);
        const expected = verdictsInWords(verdicts);
        return (
          <li
            key={node.id}
            aria-label={visibleText(node.name)}
            className="flex flex-wrap items-start justify-between gap-3 px-3 py-2.5"
          >
            <div className="flex min-w-0 flex-1 basis-80 flex-col gap-2">
              <div>
                <p>
                  <RegisteredNode node={node} />
                </p>
                <p className="flex flex-wrap gap-x-3 text-xs text-muted">
                  <Text>{`${node.class} node, version ${node.software ?? 'not named'}`}</Text>
                  {node.operator ? (
                    <span>
                      of <AccountName account={node.operator} />
                    </span>
                  ) : null}
                  <span className="break-all">
                    <Foreign text={node.endpoint ?? 'no address'} />
                  </span>
                  <span>
                    registered <Time timeMs={node.registeredAtMs} nowMs={doings.nowMs} />
                  </span>
                </p>
              </div>
              <p className="text-sm font-medium">{`${expected}.`}</p>
              <AccessVerdicts verdicts={verdicts} label={`Rules for ${visibleText(node.name)}`} />
              <RefusedAdmission refused={node.refused} nowMs={doings.nowMs} />
            </div>
            <NodeDoings {...doings} node={node} expected={expected} />
          </li>
        );
      })}
    </ul>
  );
}
