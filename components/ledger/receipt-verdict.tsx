import { Check, X } from 'lucide-react';
import type { EventPayload } from '#ledger/core/receipt.ts';
import { LIMITS, type ReceiptVerdict } from '#ledger/verify/receipt.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { Code } from '#components/ui/disclosure.tsx';
import { formatCount, formatUtc } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';

const STEP_WORDS: Readonly<Record<string, string>> = {
  format: 'File',
  transaction: 'Transaction',
  events: 'Events',
  inclusion: 'Place in the log',
  'app-hash': 'Application hash',
  header: 'Header',
  network: 'Network',
  validators: 'Validators',
  commit: 'Signatures',
  trail: 'Changes of validators',
  anchor: 'Anchor',
};

function asText(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return toHex(value);
  return value;
}

/** What passed, what failed first, what was recorded, and what a pass does not prove. */
export function ReceiptVerdictView({ verdict }: { verdict: ReceiptVerdict }) {
  return (
    <div className="flex flex-col gap-4">
      <Summary verdict={verdict} />
      <ol
        aria-label="Steps of the check"
        className="divide-y divide-separator rounded-md border border-border bg-surface"
      >
        {verdict.steps.map((step) => {
          const Icon = step.ok ? Check : X;
          return (
            <li
              key={step.name}
              className="grid grid-cols-[1.25rem_1fr] gap-x-2 px-3 py-1.5 sm:grid-cols-[1.25rem_10rem_1fr]"
            >
              <Icon className={`mt-0.5 size-4 ${step.ok ? 'text-success' : 'text-danger'}`} aria-hidden />
              <span className="font-medium">
                <span>{STEP_WORDS[step.name] ?? step.name}</span>
                <span className="sr-only">{step.ok ? ' passed:' : ' failed:'}</span>
              </span>
              <span className="col-start-2 min-w-0 break-words text-muted sm:col-start-auto">{step.sentence}</span>
            </li>
          );
        })}
      </ol>
      {verdict.ok && verdict.events.length > 0 ? <Events events={verdict.events} /> : null}
      <div>
        <h3>What a pass does not prove</h3>
        <ul className="mt-1 list-disc ps-5 text-muted">
          {LIMITS.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Summary({ verdict }: { verdict: ReceiptVerdict }) {
  const when =
    verdict.height === undefined || verdict.headerTimeMs === undefined
      ? ''
      : ` It was recorded at height ${formatCount(verdict.height.toString())}, by ${formatUtc(Number(verdict.headerTimeMs))}.`;
  if (!verdict.ok) {
    // What is right in itself may still be older than a checkpoint, or newer than an anchor reaches: the sentence says which.
    const isConsistent = verdict.steps.every((step) => step.ok || step.name === 'anchor');
    return (
      <Note kind="problem" title={isConsistent ? 'This anchor does not vouch for it' : 'Not valid'} isLive>
        {verdict.steps.find((step) => !step.ok)?.sentence ?? 'The receipt could not be read.'}
      </Note>
    );
  }
  if (!verdict.authenticated) {
    return (
      <Note kind="warning" title="Consistent, not authenticated" isLive>
        {`The file fits together, but there is no anchor to compare its validators with.${when}`}
      </Note>
    );
  }
  return (
    <Note kind="success" title="Authentic" isLive>
      {`The validators that this browser trusts decided it.${when}`}
    </Note>
  );
}

function Events({ events }: { events: readonly EventPayload[] }) {
  return (
    <div>
      <h3 className="mb-1">What was recorded</h3>
      <Code label="Events of the receipt" text={events.map((event) => JSON.stringify(event, asText, 2)).join('\n')} />
    </div>
  );
}
