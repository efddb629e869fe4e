import { AnchorAdvice } from '#components/ledger/anchor-advice.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Code } from '#components/ui/disclosure.tsx';

const BROKER_COMMAND = 'npm run broker -- --config broker.json';

export interface StartProgramProps {
  portal: string;
  account: number;
  /** Programs of the account may work as brokers. */
  isBroker: boolean;
}

/** The command that buys storage and uses it, to copy and change; for a broker, the one of its program too. */
export function StartProgram({ portal, account, isBroker }: StartProgramProps) {
  const command = [
    `npm run buy -- --home program --portal ${portal} --account A-${account} \\`,
    '  --resource R-4 --purpose planning --field logistics --for 30m \\',
    '  --amount storedBytes=200000000 --amount bytes=1000000000 --amount bytesIn=1000000000 --amount calls=1000 \\',
    '  -- sh -c \'aws s3 cp report.txt "s3://$INTERPOOL_BUCKET/"\'',
  ].join('\n');
  return (
    <div className="flex flex-col gap-3">
      <BuyingSteps command={command} />
      {isBroker ? (
        <div>
          <span>
            A broker’s program needs no order: it reads a config file, which agent/broker/README.md describes, and
            offers its key in the same way.
          </span>
          <Command text={BROKER_COMMAND} what="the command for a broker’s program" />
        </div>
      ) : null}
    </div>
  );
}

function Command({ text, what }: { text: string; what: string }) {
  return (
    <div className="mt-1 flex items-start gap-1">
      <div className="min-w-0 flex-1">
        <Code label={what} text={text} />
      </div>
      <CopyButton text={text} what={what} />
    </div>
  );
}

function BuyingSteps({ command }: { command: string }) {
  return (
    <ol className="flex list-decimal flex-col gap-3 ps-5">
      <li>
        <span>Make a folder for the program, here called program, and put the network’s anchor.json into it.</span>{' '}
        <AnchorAdvice />
      </li>
      <li>
        <span>
          Run this in the folder of this project, with your own resource, amounts and command. At its first start it
          prints an offer of its key and waits; from the second on it buys at once, runs the command and ends the order.
        </span>
        <Command text={command} what="the command for the program" />
      </li>
    </ol>
  );
}
