/** What a scripted team says of media/sample/server.ts, so that pictures show a review as it looks with models. */

const finding = (quote, severity, title, explanation, suggestion, confidence, replacement = null) => ({
  file: 'server.ts',
  quote,
  line: null,
  severity,
  category: 'security',
  title,
  explanation,
  suggestion,
  replacement,
  confidence,
});

const SECURITY = [
  finding(
    '  const total = eval(req.body.formula);',
    'critical',
    'The body of a request is run as code',
    'Whoever sends a formula decides what this process does.',
    'Read the formula with a parser of arithmetic.',
    0.97,
  ),
  finding(
    "  const rows = await database.query(`SELECT id, name, price FROM products WHERE category = '${sort}'`);",
    'critical',
    'SQL is put together from the query string',
    'A quote in the category ends the string and begins another statement.',
    'Hand the category over as a parameter.',
    0.95,
    "  const rows = await database.query('SELECT id, name, price FROM products WHERE category = ?', [sort]);",
  ),
  finding(
    '  res.send(`<h1>Results for ${req.query.q}</h1>`);',
    'high',
    'Text of the request becomes part of the page',
    'A search term may hold a script, which runs in the browser of whoever follows the link.',
    'Escape the term, or answer with JSON.',
    0.9,
  ),
];

const CORRECTNESS = [
  finding(
    '  const report = await orderReport(Number(req.params.id));',
    'medium',
    'An id that is no number is looked up as NaN',
    'Number() of anything else than digits is NaN, and the report of no order is sent.',
    'Answer 400 unless the id is a positive integer.',
    0.8,
  ),
];

const EDIT = {
  search: '  const total = eval(req.body.formula);\n  res.json({ total });',
  replace: [
    '  const total = parseFormula(req.body.formula);',
    '  if (total === null) {',
    "    res.status(400).json({ error: 'The formula may hold numbers and + - * / only.' });",
    '    return;',
    '  }',
    '  res.json({ total });',
  ].join('\n'),
  line: 43,
  why: 'A formula is read instead of run, and a wrong one is answered.',
};

const json = (value) => ({ type: 'answer', text: JSON.stringify(value) });

/** A reply in the shape that the agent behind the request is asked for. */
export function sampleAnswerFor({ rawBody }) {
  if (rawBody.includes('A finding whose quote is not in the file is thrown away')) {
    const rules = JSON.parse(rawBody).messages[0].content;
    if (/security/i.test(rules.split('Rules:')[1] ?? '')) return json({ findings: SECURITY });
    return json({ findings: /correctness/i.test(rules.split('Rules:')[1] ?? '') ? CORRECTNESS : [] });
  }
  if (rawBody.includes('Plan a refactoring of the code below')) {
    const steps = [{ title: 'Read the formula instead of running it', why: EDIT.why, line: EDIT.line }];
    return json({ summary: 'The discount must not run what a request brings.', steps, risks: [] });
  }
  if (rawBody.includes('Check the edits above')) {
    return json({ verdicts: [{ edit: 1, verdict: 'accepted', remark: 'Keeps the answer.' }], summary: 'Fine.' });
  }
  if (rawBody.includes('Edit the code below')) return json({ edits: [EDIT] });
  return {
    type: 'answer',
    text: 'Two ways lead from a request straight into the process and the database; both can be closed in a line.',
  };
}
