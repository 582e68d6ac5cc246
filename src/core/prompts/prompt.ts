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
  setFavourite(name: string, favourite: boolean): Promise<void>;
  favourites(): Promise<readonly string[]>;
}
