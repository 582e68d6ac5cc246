import type { Json, JsonObject } from '../../core/json.ts';

/** Keywords that every vendor's constrained decoding knows; the rest is checked when the answer is read. */
const KEPT = new Set(['type', 'title', 'description', 'enum', 'const', '$ref', 'required']);
const LISTS = new Set(['anyOf', 'allOf']);
const MAPS = new Set(['properties', '$defs']);

/**
 * A schema in the part of JSON Schema that vendors can hold a model to: without lengths, ranges, patterns and defaults.
 * Null where no such schema says the same: objects with optional or free properties.
 */
export function strictSchema(schema: JsonObject): JsonObject | null {
  const plain = plainSchema(schema);
  return isStrict(plain) ? plain : null;
}

function plainSchema(schema: JsonObject): JsonObject {
  const plain: Record<string, Json> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (KEPT.has(keyword)) plain[keyword] = value;
    else if (keyword === 'additionalProperties' || keyword === 'items')
      plain[keyword] = isObject(value) ? plainSchema(value) : value;
    else if (keyword === 'oneOf') plain.anyOf = plainList(value);
    else if (LISTS.has(keyword)) plain[keyword] = plainList(value);
    else if (MAPS.has(keyword) && isObject(value)) {
      plain[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, isObject(one) ? plainSchema(one) : one]),
      );
    }
  }
  return plain;
}

function plainList(value: Json): Json {
  return Array.isArray(value) ? value.map((one: Json) => (isObject(one) ? plainSchema(one) : one)) : value;
}

function isStrict(schema: Json): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (!isObject(schema)) return true;
  if (schema.type === 'object' || schema.properties !== undefined) {
    const names = Object.keys(isObject(schema.properties) ? schema.properties : {});
    const required = Array.isArray(schema.required) ? schema.required : [];
    if (schema.additionalProperties !== false || !names.every((name) => required.includes(name))) return false;
  }
  return Object.values(schema).every(isStrict);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
