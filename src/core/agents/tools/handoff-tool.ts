import * as z from 'zod';
import { defineTool, type Tool } from './tool.ts';

const INPUT = z.strictObject({
  target: z.string().min(1).max(64),
  description: z.string().min(1).max(4_000).describe('What is left to do'),
  context: z.string().max(20_000).default('').describe('What you found out that the other one needs to know'),
  priority: z.number().int().min(1).max(10).default(5),
});

/** Offered to agents that may hand over; the targets stand in its description. */
export function handoffTool(targets: readonly { readonly name: string; readonly description: string }[]): Tool {
  const list = targets.map(({ name, description }) => `${name}: ${description}`).join(' ');
  return defineTool({
    name: 'handoff',
    description: `Hands your task over to another agent, for good, where that one is clearly the right one for what is left. Your own answer is not needed then. ${list}`,
    effect: 'none',
    input: INPUT,
    run: async (request, { attempt }) => attempt.handOver(request),
  });
}
