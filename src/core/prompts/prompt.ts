import type { Snippet } from '../history/search-words.ts';

/**
 * What values a variable takes and how a form asks for it. `file` is the content of a file of the workspace, `selection` what is
 * selected in the editor.
 */
export const VARIABLE_TYPES = ['text', 'multiline', 'number', 'boolean', 'choice', 'file', 'selection'] as const;
export type VariableType = (typeof VARIABLE_TYPES)[number];

/** A variable of a template as a form asks for it. */
export interface PromptVariable {
  readonly name: string;
  readonly description: string;
  /** Default: `choice` where there are choices, else `text`. */
  readonly type?: VariableType;
  /** What it is where nothing is given; null: nothing. */
  readonly default: string | null;
  /** The only values it can have; empty: any. */
  readonly choices: readonly string[];
}

/** What a person writes of a prompt. */
export interface PromptDraft {
  readonly name: string;
  /** Handlebars. */
  readonly template: string;
  /** Names of the variables, in the order in which they are asked for (S1's column). */
  readonly variables: readonly string[];
  readonly description: string;
  /** `''`: none. */
  readonly category: string;
  readonly tags: readonly string[];
  /** What is declared about variables; those that are not declared are known by name only. */
  readonly parameters: readonly PromptVariable[];
}

/** A prompt template (S1). `builtIn` marks the eight that ship with the product while the user has no version of it. */
export interface PromptRecord extends PromptDraft {
  readonly builtIn: boolean;
  readonly favourite: boolean;
  /** 0: the built-in one; the user's count from 1. */
  readonly version: number;
  readonly createdAt: string;
  /** The built-in prompt below the user's version has changed since that was begun. Default: false. */
  readonly builtInChanged?: boolean;
}

/** A prompt without its text, for lists. */
export type PromptSummary = Omit<PromptRecord, 'template' | 'parameters'>;

/** Why a version was made, and by whom. */
export interface VersionNote {
  readonly author: string;
  readonly reason: string;
}

/** A prompt as it once was. */
export interface PromptVersion extends PromptDraft, VersionNote {
  readonly version: number;
  readonly createdAt: string;
}

/** A prompt that a search has found; the snippet is null where only its name or description says it. */
export interface PromptHit {
  readonly prompt: PromptSummary;
  readonly snippet: Snippet | null;
}

/** A version of a prompt, such as a run has used. */
export interface PromptRef {
  readonly name: string;
  /** 0: the built-in one. */
  readonly version: number;
}

/** What became of an answer, of a finding or of proposed changes. */
export type PromptOutcome = 'accepted' | 'dismissed';

/** How often a version was used, and what came of it. */
export interface PromptUsage extends PromptRef {
  /** Runs that were started with it. */
  readonly used: number;
  /** ISO-8601 UTC. */
  readonly lastUsed: string;
  /** Answers, findings and proposed changes of those runs that a person accepted, or dismissed. */
  readonly accepted: number;
  readonly dismissed: number;
}

/** The text of a built-in prompt that a version of the user's began with, or that the user has seen since. */
export interface PromptBase {
  readonly name: string;
  readonly draft: PromptDraft;
}

/** Several changes of the library that belong together. */
export interface PromptChanges {
  /** Inserted, or replaced by name, each as a new version. */
  readonly save: readonly PromptDraft[];
  /** Taken off the lists; their versions stay. What is not there is no error. */
  readonly remove: readonly string[];
}

/** The user's prompts. Built-in ones are not in it, except as names of favourites. */
export interface PromptStore {
  /** By name. */
  list(): Promise<readonly PromptRecord[]>;
  /** By name, without texts. */
  index(): Promise<readonly PromptSummary[]>;
  get(name: string): Promise<PromptRecord | null>;
  /** By words in name, description, category, tags and text; by name, at most `limit`. */
  search(search: string, limit: number): Promise<readonly PromptHit[]>;
  /** Inserts, or replaces by name, as a new version; resolves with its number. */
  save(draft: PromptDraft, note: VersionNote): Promise<number>;
  /** All changes or none; resolves with the numbers of the saved versions, in their order. */
  apply(changes: PromptChanges, note: VersionNote): Promise<readonly number[]>;
  /** Rejects `not-found`, or `invalid-input` where the new name is taken. Versions and favourite follow. */
  rename(name: string, to: string): Promise<void>;
  /** Takes it off the lists; its versions stay, so that it can come back. Rejects `not-found`. */
  delete(name: string): Promise<void>;
  /** Newest first; also of a deleted prompt. */
  versions(name: string): Promise<readonly PromptVersion[]>;
  /** Says why a version was made, instead of what was said before. Rejects `not-found`. */
  describe(name: string, version: number, reason: string): Promise<void>;
  setFavourite(name: string, favourite: boolean): Promise<void>;
  favourites(): Promise<readonly string[]>;
  /** Remembers which version a run uses; the first word on a run counts. */
  recordUse(runId: string, prompt: PromptRef): Promise<void>;
  /**
   * Remembers what became of a run's answer (`answer`) or changes (`edits`), instead of what was said before; null: nothing. No error
   * for a run that used no prompt. Findings are counted by their decisions.
   */
  recordOutcome(runId: string, subject: string, outcome: PromptOutcome | null): Promise<void>;
  /** Sums by name, newest version first; null: of all prompts. */
  usage(name: string | null): Promise<readonly PromptUsage[]>;
  /** Which prompt a run used; null: none, or it is not known. */
  promptOf(runId: string): Promise<PromptRef | null>;
  setBase(name: string, draft: PromptDraft): Promise<void>;
  bases(): Promise<readonly PromptBase[]>;
}
