#!/usr/bin/env node
import { runCli } from '../shells/cli/main.ts';
import { processHost } from '../shells/cli/process-host.ts';

const host = processHost();
host.exit(await runCli(host));
