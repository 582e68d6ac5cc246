import { AccountProviders, type HostProviders } from '../adapters/providers/account-providers.ts';
import { LivePools } from '../adapters/providers/live-pools.ts';
import type { Storage } from '../adapters/storage/storage.ts';
import type { Pool } from '../core/accounts/types.ts';
import { AgentExecutor } from '../core/agents/agent-executor.ts';
import { SUB_AGENTS } from '../core/agents/built-in.ts';
import { DigestingExecutor } from '../core/agents/digesting-executor.ts';
import type { ConfiguredGuardrails } from '../core/agents/guardrails.ts';
import { SettlingExecutor } from '../core/agents/settling-executor.ts';
import { type ToolPlace, toolsFor } from '../core/agents/tools/catalogue.ts';
import type { Commands, Diagnostics } from '../core/agents/tools/tool.ts';
import { guarded, withGuardrails } from '../core/agents/with-guardrails.ts';
import { eventAuditor } from '../core/audit/audited-events.ts';
import { type AccountConfig, type AgentSettings, type EnsembleConfig, withOffline } from '../core/config.ts';
import type { ContextSettings } from '../core/context/task-context.ts';
import type { TokenCounter } from '../core/context/token-counter.ts';
import { Engine } from '../core/engine/engine.ts';
import { TEAMWORK } from '../core/engine/teamwork.ts';
import { Ensemble, type EnsembleParts } from '../core/ensemble.ts';
import { StoredCalls } from '../core/history/past-calls.ts';
import { forgetOldHistory } from '../core/history/retention.ts';
import { HistoryMemory } from '../core/history/session-memory.ts';
import { createPrivacyGate } from '../core/policy/privacy-gate.ts';
import type {
  Approver,
  Clock,
  Logger,
  ModelProvider,
  Random,
  RunOwner,
  SecretStore,
  Workspace,
} from '../core/ports.ts';
import { PromptLibrary } from '../core/prompts/library.ts';
import { findingsContext } from '../core/review/merge-findings.ts';
import { ANSWER_KINDS, proposalContext } from '../core/run-kinds/answers.ts';
import { RunKinds } from '../core/run-kinds.ts';
import { BUILT_IN_WORKFLOWS } from '../core/workflows/catalogue.ts';
import { createTracing } from './tracing.ts';

/** What an Ensemble is wired from, wherever it runs. */
export interface Wiring {
  readonly config: EnsembleConfig;
  readonly storage: Storage;
  /** Owner of the runs that are started here. */
  readonly owner: RunOwner;
  readonly workspace: Workspace | null;
  /** Makes the store of keys; `accounts` are those of the settings at the time of the call. */
  secrets(accounts: () => readonly AccountConfig[]): SecretStore;
  /** Where keys and files of tracing destinations are. */
  readonly tracing: { readonly env: Readonly<Record<string, string | undefined>>; readonly home: string };
  readonly sendFromUntrusted: boolean;
  readonly tokens: TokenCounter;
  readonly commands: Commands | undefined;
  readonly diagnostics: Diagnostics | undefined;
  readonly hostProviders: HostProviders | undefined;
  readonly providerFor: ((account: AccountConfig) => Promise<ModelProvider>) | undefined;
  readonly approver: Approver;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Wires core to what the host gives, and forgets what is older than is wanted. Needs nothing of Node. */
export async function wireEnsemble(wiring: Wiring): Promise<Ensemble> {
  const { storage, workspace, tokens, approver, clock, random, logger } = wiring;
  const config = withOffline(wiring.config);
  let current = config; // as the settings are by now
  const secrets = wiring.secrets(() => current.accounts);
  const { journal, stores, quota } = storage;
  const { knownSecrets, learnKeys, ...doors } = wireProviders(wiring, secrets);
  const tracing = await createTracing(config.tracing, {
    ...wiring.tracing,
    storage,
    secrets,
    clock,
    logger,
    knownSecrets,
  });
  const outlets = { quota, clock, random, logger, ...doors, record: tracing.record };
  const pools = new LivePools(config, outlets, learnKeys);

  const policy = { sendFromUntrusted: wiring.sendFromUntrusted };
  const { diagnostics, commands } = wiring;
  const place = { workspace, policy, knownSecrets, diagnostics, commands };
  const teamBy = ({ guardrails }: AgentSettings) => teamIn(place, guardrails);
  const executorFor = (pool: Pool, inside: string | null, settings: AgentSettings = current) => {
    const turns = { pool: tracing.follow(pool), conversations: stores.conversations, knownSecrets };
    const context = contextOf(settings);
    const kinds = { answers: ANSWER_KINDS, findingsContext, proposalContext };
    const memory = new HistoryMemory({ ...storage, conversations: stores.conversations, workspace: inside });
    const agents = new AgentExecutor({ ...turns, ...kinds, context, tokens, memory, ...teamBy(settings) });
    const settling = new SettlingExecutor(new DigestingExecutor(agents, turns, tokens), { workspace, knownSecrets });
    return withGuardrails(settling, settings.guardrails);
  };
  const ground = { journal, ledger: stores.usage, clock, random, logger };
  const parts: EnsembleParts = {
    config,
    engine: new Engine({ ...ground, owner: wiring.owner, teamwork: TEAMWORK, observer: tracing.tracer }),
    journal,
    stores,
    pools,
    kinds: new RunKinds({ workspace, stores, past: pastOf(storage), policy, knownSecrets }),
    prompts: new PromptLibrary(stores.prompts),
    history: storage.history,
    traces: tracing.traces,
    workflows: BUILT_IN_WORKFLOWS,
    workspace,
    approver,
    executorFor,
    closeStorage: () => storage.close(),
    onReconfigured: (next) => {
      current = next;
      void tracing.configure(next.tracing);
    },
    clock,
    random,
    logger,
  };
  const ensemble = new Ensemble(parts);
  ensemble.subscribe(eventAuditor(stores.audit, logger));
  void forgetOldHistory(config.history.keepDays, { history: storage.history, audit: stores.audit, clock, logger });
  return ensemble;
}

function contextOf({ engine: { contextStrategy: strategy, pruningThreshold } }: AgentSettings): ContextSettings {
  return { strategy, pruningThreshold };
}

/** The agents that there are, with the tools that they may use. */
function teamIn(place: Omit<ToolPlace, 'agents'>, guardrails: ConfiguredGuardrails) {
  const agents = SUB_AGENTS.map((agent) => guarded(agent, guardrails));
  return { agents, toolsOf: toolsFor({ ...place, agents }) };
}

/** The providers with their keys, and the gate that everything sent passes. */
function wireProviders({ hostProviders, providerFor }: Wiring, secrets: SecretStore) {
  const providers = new AccountProviders(secrets, hostProviders);
  const knownSecrets = () => providers.knownKeys();
  const gate = createPrivacyGate({ knownSecrets });
  return {
    providerFor: providerFor ?? ((account: AccountConfig) => providers.providerFor(account)),
    outbound: (call: Parameters<typeof gate.outbound>[0]) => gate.outbound(call).call,
    learnKeys: (accounts: readonly AccountConfig[]) => providers.learnKeys(accounts),
    knownSecrets,
  };
}

/** Calls that were made before, for one that is made again. */
function pastOf({ stores, journal }: Pick<Storage, 'stores' | 'journal'>): StoredCalls {
  return new StoredCalls({
    conversations: stores.conversations,
    journal,
    prompts: new PromptLibrary(stores.prompts),
  });
}
