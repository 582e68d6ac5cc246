import type { Command } from "commander";
import type { Perform } from "../program.ts";

export function registerInit(program: Command, perform: Perform): void {
  void program; void perform;
}
