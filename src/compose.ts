import { AgentExecutor } from './core/agents/agent-executor.ts';
import { createAccountPool } from './core/accounts/pool.ts';
import { Engine } from './core/engine/engine.ts';
import { DEFAULT_CONFIG, type EnsembleConfig } from './core/config.ts';
import { Ensemble } from './core/ensemble.ts';
