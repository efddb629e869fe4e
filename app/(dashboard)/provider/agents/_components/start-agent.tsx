import { AnchorAdvice } from '#components/ledger/anchor-advice.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Code } from '#components/ui/disclosure.tsx';
import { AGENT_COMMANDS, agentConfigText } from '#lib/shared/agent-start.ts';

/** The command and a configuration to copy: what stands before the pairing code. */
export function StartAgent({ portal, label }: { portal: string; label: string }) {
  const config = agentConfigText({ portal, label });
  const [folders, start] = AGENT_COMMANDS;
  return (
    <ol className="flex list-decimal flex-col gap-3 ps-5">
      <li>
        <span>
          On the machine that has what you share, in the folder of this project, make a folder for the agent. Data files
          go into its folder called data.
        </span>
        <Copied text={folders} what="the command for the folders" />
      </li>
      <li>
        <span>
          Save this as config.json in the agent’s folder, with your own files, rooms, computers and titles. Take out the
          part data, storage or computing when you share none of it; bytes is the room, and slots and memoryMiB are the
          part of the machine, for all customers together. To run programs the machine needs bubblewrap (Debian:
          bubblewrap) or user namespaces.
        </span>
        <Copied text={config} what="the configuration" />
      </li>
      <li>
        <span>Put the network’s anchor.json beside it.</span> <AnchorAdvice />
      </li>
      <li>
        <span>Start the agent. It examines each source and prints a pairing code.</span>
        <Copied text={start} what="the command for the agent" />
      </li>
    </ol>
  );
}

function Copied({ text, what }: { text: string; what: string }) {
  return (
    <div className="mt-1 flex items-start gap-1">
      <div className="min-w-0 flex-1">
        <Code label={what} text={text.trimEnd()} />
      </div>
      <CopyButton text={text} what={what} />
    </div>
  );
}
