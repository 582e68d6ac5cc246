import { EnsembleError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { decide } from '../../policy/decide.ts';
import type { Workspace } from '../../ports.ts';
import type { AgentDefinition } from '../types.ts';
import { diagnosticsTool } from './diagnostics-tool.ts';
import { handoffTool } from './handoff-tool.ts';
import { proposeEditTool } from './propose-edit-tool.ts';
import { ReadableFiles, type ReadableFilesDependencies } from './readable-files.ts';
import { READING_TOOLS } from './reading-tools.ts';
import { runTestsTool } from './run-tests-tool.ts';
import { symbolsTool } from './symbols-tool.ts';
import type { Commands, Diagnostics, Tool, ToolContext } from './tool.ts';
import { ToolBox } from './tool-box.ts';

/** The tools for a folder, in the order in which they are offered. */
const TOOLS: readonly Tool[] = [...READING_TOOLS, symbolsTool, diagnosticsTool, proposeEditTool, runTestsTool];

/** Where tools are used. */
export interface ToolPlace extends Omit<ReadableFilesDependencies, 'workspace'> {
  /** Null: no folder is open, so there is nothing to use most tools on. */
  readonly workspace: Workspace | null;
  /** Default: nothing here knows any. */
  readonly diagnostics?: Diagnostics | undefined;
  /** Default: nothing may be run. */
  readonly commands?: Commands | undefined;
  /** The agents that a task can be handed over to. Default none. */
  readonly agents?: readonly AgentDefinition[];
}

/** Gives each agent the tools that it names and that exist, and `handoff` where it may hand over; null where it has none. */
export function toolsFor(place: ToolPlace): (agent: AgentDefinition) => ToolBox | null {
  return (agent) => {
    const { tools: wanted = [], handoffs = [] } = agent;
    const named = place.workspace === null ? [] : TOOLS.filter(({ name }) => wanted.includes(name));
    const targets = (place.agents ?? []).filter(({ name }) => handoffs.includes(name) && name !== agent.name);
    const tools = targets.length === 0 ? named : [...named, handoffTool(targets)];
    if (tools.length === 0) return null;
    return new ToolBox({
      tools,
      context: contextIn(place),
      offers: (tool) => tool !== runTestsTool.name || (place.commands !== undefined && mayRun(place)),
      refusal: (tool) => refusalIn(place, tool, [...wanted, ...(targets.length > 0 ? ['handoff'] : [])]),
    });
  };
}

function contextIn({ workspace, diagnostics, commands, policy, knownSecrets }: ToolPlace) {
  const files = workspace && new ReadableFiles({ workspace, policy, knownSecrets });
  return (attempt: ToolContext['attempt'], signal: AbortSignal, allowed: Json): ToolContext => ({
    get workspace() {
      return workspace ?? noFolder();
    },
    get files() {
      return files ?? noFolder();
    },
    diagnostics: diagnostics ?? null,
    commands: mayRun({ workspace, policy }) ? (commands ?? null) : null,
    allowed,
    attempt,
    signal,
    knownSecrets,
  });
}

/** Nothing of a folder that is not trusted is run; elsewhere a person is asked each time. */
function mayRun({ workspace, policy }: Pick<ToolPlace, 'workspace' | 'policy'>): boolean {
  const call = { kind: 'run-command' as const };
  return decide({ trusted: workspace?.trusted ?? false, policy, call, realPath: null }).decision === 'ask';
}

function noFolder(): never {
  throw new EnsembleError('invalid-input', 'There is no folder open.');
}

function refusalIn({ workspace, policy }: ToolPlace, tool: string, allowed: readonly string[]): string | null {
  const call = { kind: 'use-tool' as const, tool, allowed };
  const { decision, reason } = decide({ trusted: workspace?.trusted ?? true, policy, call, realPath: null });
  return decision === 'allow' ? null : reason;
}
