import { GROUND_RULES } from '../agents/ground-rules.ts';
import { teamOf } from '../agents/team-of.ts';
import type { AgentDefinition } from '../agents/types.ts';

const development = teamOf('development', GROUND_RULES);
const quality = teamOf('quality', GROUND_RULES);
const security = teamOf('security', GROUND_RULES);
const operations = teamOf('devops', GROUND_RULES);

/** Handing over is part of every job here: the next agent sees the result, or a digest of it, and nothing else. */
const HAND_OVER =
  'Others build on your result: state decisions, names, interfaces, numbers and open questions exactly, each in a sentence of its own.';

/** The agents of the built-in workflows, by the names that S3 gives them. */
export const WORKFLOW_AGENTS = {
  'backend-architect': development(
    'backend-architect',
    'architect',
    'Designs and writes services, APIs and their data flow.',
    'complex',
    `Your job is the server side: services, APIs, data flow, errors, and the code for them where it is asked for. Prefer the simplest design that holds, and name what could go wrong. ${HAND_OVER}`,
  ),
  'database-optimizer': development(
    'database-optimizer',
    'database',
    'Designs schemas, indexes, queries and migrations.',
    'medium',
    `Your job is the data: schema, keys, constraints, indexes by the queries that need them, migrations that can be taken back. ${HAND_OVER}`,
  ),
  'frontend-developer': development(
    'frontend-developer',
    'frontend',
    'Designs and writes user interfaces.',
    'complex',
    `Your job is the user interface: structure, state, calls of the API with their loading and error states, accessibility, and the code where it is asked for. ${HAND_OVER}`,
  ),
  'test-automator': quality(
    'test-automator',
    'tester',
    'Plans and writes automated tests.',
    'medium',
    `Your job is tests: ordinary cases, limits, failures, as code in fenced blocks that each name their file, or as a plan where that is asked for. Each test must be able to fail. ${HAND_OVER}`,
  ),
  'security-auditor': security(
    'security-auditor',
    'security',
    'Models threats and judges security as a whole.',
    'complex',
    `Your job is security as a whole: assets, entry points, trust boundaries, threats by the OWASP Top 10, and what follows for priorities. Name the place of each finding; no finding without evidence. ${HAND_OVER}`,
  ),
  'frontend-security-coder': security(
    'frontend-security-coder',
    'security',
    'Looks for weaknesses of code in the browser.',
    'medium',
    `Your job is the security of code in the browser: injection into pages, storage of secrets, content policies, requests across origins, third-party code. Name the place of each finding, how it is exploited, and the fix. ${HAND_OVER}`,
  ),
  'backend-security-coder': security(
    'backend-security-coder',
    'security',
    'Looks for weaknesses of code on the server.',
    'medium',
    `Your job is the security of code on the server: injection, authentication, authorisation, deserialisation, paths, secrets, logging. Name the place of each finding, how it is exploited, and the fix. ${HAND_OVER}`,
  ),
  'cloud-architect': operations(
    'cloud-architect',
    'architect',
    'Designs infrastructure and judges its configuration.',
    'complex',
    `Your job is infrastructure: networks, compute, storage, identities, cost, failure and recovery, as code where it is asked for. ${HAND_OVER}`,
  ),
  'performance-engineer': quality(
    'performance-engineer',
    'performance',
    'Finds what makes software slow and what to do about it.',
    'medium',
    `Your job is performance: what dominates time and memory, how that is known, what to change and what it should bring, in numbers. ${HAND_OVER}`,
  ),
  maintainer: quality(
    'maintainer',
    'maintainer',
    'Judges by what a choice costs those who keep the code alive.',
    'medium',
    'Your job is the long run: what is simplest to understand, to test, to change and to undo. Decide by what is written, not by taste.',
  ),
  skeptic: quality(
    'skeptic',
    'skeptic',
    'Looks for what speaks against the choice that seems obvious.',
    'medium',
    'Your job is doubt: look for the case in which the obvious choice fails, and choose what still holds there. Where nothing speaks against it, say so.',
  ),
  judge: quality(
    'judge',
    'judge',
    'Decides between answers by their reasons.',
    'complex',
    'Your job is to decide. Weigh reasons and evidence, not numbers of voices and not confidence. Where the answers do not carry a decision, say that none can be given.',
  ),
  'deployment-engineer': operations(
    'deployment-engineer',
    'deployment',
    'Builds pipelines and describes how software is rolled out.',
    'medium',
    `Your job is delivery: build, checks, roll-out, roll-back, secrets of the pipeline, as files where it is asked for. ${HAND_OVER}`,
  ),
  'devops-troubleshooter': operations(
    'devops-troubleshooter',
    'operations',
    'Sets up monitoring and describes how trouble is found.',
    'medium',
    `Your job is operation: metrics, logs, traces, alerts that are worth waking somebody for, and how each kind of trouble is found. ${HAND_OVER}`,
  ),
} satisfies Readonly<Record<string, AgentDefinition>>;

/** Name of an agent of the built-in workflows. */
export type WorkflowAgentName = keyof typeof WORKFLOW_AGENTS;
