/** A scripted team of two who want the same line of `SAMPLE` otherwise, and one who leaves it to the person. */

/** What each of them makes of the line; `seen`: what an editor shows of it. */
export const VERSIONS = [
  { replace: '  console.log(JSON.parse(input));', seen: 'JSON.parse(input)' },
  { replace: '  console.log(input.length);', seen: 'input.length' },
];

const say = (answer) => ({ type: 'answer', text: typeof answer === 'string' ? answer : JSON.stringify(answer) });

/** What the model says to a request. */
export function contradictingTeam() {
  return ({ body, rawBody }) => {
    if (rawBody.includes('Your job is to plan.')) return say({ subtasks: VERSIONS.map((_, index) => part(index + 1)) });
    if (rawBody.includes('Your job is to merge.')) return say('Two versions were made.');
    if (/"name":"resolutions"/.test(rawBody)) {
      const open = { conflict: 1, choose: 'open', version: null, text: null, why: 'Both are possible.' };
      return say({ resolutions: [open] });
    }
    const number = Number(/Do MARK-(\d)\./.exec(rawBody)?.[1]);
    const version = VERSIONS[number - 1];
    if (!version) throw new Error(`nothing is scripted for ${rawBody.slice(0, 400)}`);
    if (body.messages.some(({ role }) => role === 'tool')) return say('Done.');
    const edit = { path: 'run.ts', search: '  eval(input);', replace: version.replace, why: `Version ${number}.` };
    return { type: 'answer', text: '', toolCalls: [{ id: `call_${number}`, name: 'propose-edit', arguments: edit }] };
  };
}

function part(number) {
  return {
    ...{ id: `part-${number}`, title: `Part ${number}`, description: `Do MARK-${number}.`, role: 'generalist' },
    ...{ complexity: 'medium', dependencies: [] },
  };
}
