/** The beginning of an SQL statement, with a second word that only SQL has there. */
export const SQL =
  /^\s*(?:SELECT\b[\s\S]+?\bFROM\b|INSERT\s+(?:OR\s+\w+\s+)?INTO\b|UPDATE\b[\s\S]+?\bSET\b|DELETE\s+FROM\b|REPLACE\s+INTO\b)/i;

/** What comes before a value: a quote, a comparison, an open list. Names of tables and columns come after other words. */
const BEFORE_VALUE = /(?:'%?|[=<>]\s*['"]?%?|\bLIKE\s+['"]?%?|\b(?:IN|VALUES)\s*\([^)]*)$/i;

/** Parts that the program makes itself. */
const OWN_PART =
  /placeholder|\bmarks?\b|\bcolumns?\b|\bfields?\b|\btable(?:_?name)?\b|\bwhere\b|\bclause|quote_?ident|escape|=>\s*['"]\?['"]|fill\(['"]\?['"]\)|\?\s*['"]?\s*\*|\.length\s*$/i;
const CONSTANT = /^\s*(?:[\w$]+\.)*(?:[A-Z][A-Z0-9_]*|\d+)\s*$/;

/** True where a value that is not the program's own is put right after this beginning of a statement. */
export function isValueInSql(before: string, expression: string): boolean {
  return BEFORE_VALUE.test(before) && !OWN_PART.test(expression) && !CONSTANT.test(expression);
}
