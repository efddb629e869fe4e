import { AnchorAdvice } from '#components/ledger/anchor-advice.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Code } from '#components/ui/disclosure.tsx';

/** The command that buys storage and uses it, to copy and change. */
export function StartProgram({ portal, account }: { portal: string; account: number }) {
  const command = [
    `npm run buy -- --home program --portal ${portal} --account A-${account} \\`,
    '  --resource R-4 --purpose planning --field logistics --for 30m \\',
    '  --amount storedBytes=200000000 --amount bytes=1000000000 --amount bytesIn=1000000000 --amount calls=1000 \\',
    '  -- sh -c \'aws s3 cp report.txt "s3://$INTERPOOL_BUCKET/"\'',
  ].join('\n');
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
        <div className="mt-1 flex items-start gap-1">
          <div className="min-w-0 flex-1">
            <Code label="the command for the program" text={command} />
          </div>
          <CopyButton text={command} what="the command for the program" />
        </div>
      </li>
    </ol>
  );
}
