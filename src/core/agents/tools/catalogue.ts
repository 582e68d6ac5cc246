import type { Workspace } from '../../ports.ts';
import type { AgentDefinition } from '../types.ts';
import { ReadableFiles, type ReadableFilesDependencies } from './readable-files.ts';
import { READING_TOOLS } from './reading-tools.ts';
import { ToolBox } from './tool-box.ts';

/** The tools that the product has. */
const TOOLS = READING_TOOLS;

/** Where tools are used. */
export interface ToolPlace extends Omit<ReadableFilesDependencies, 'workspace'> {
  /** Null: no folder is open, so there is nothing to use tools on. */
  readonly workspace: Workspace | null;
}

/** Gives each agent the tools that it names and that exist; null where it has none. */
export function toolsFor({ workspace, ...rest }: ToolPlace): (agent: AgentDefinition) => ToolBox | null {
  return ({ tools: wanted = [] }) => {
    const tools = TOOLS.filter(({ name }) => wanted.includes(name));
    if (workspace === null || tools.length === 0) return null;
    return new ToolBox(tools, { workspace, files: new ReadableFiles({ workspace, ...rest }) });
  };
}
