import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseMessageTags } from '../../../../src/core/messages/message-tags.ts';

describe('parseMessageTags', () => {
  it("reads S3's example", () => {
    const answer = `<AGENT_MESSAGE to="backend-architect">
  Frontend needs the user authentication API spec
</AGENT_MESSAGE>`;
    assert.deepEqual(parseMessageTags(answer), {
      messages: [
        {
          to: 'backend-architect',
          kind: 'data',
          content: 'Frontend needs the user authentication API spec',
          inReplyTo: null,
        },
      ],
      text: '',
      problems: [],
    });
  });

  it('reads kinds, and several messages among text', () => {
    const { messages, text } = parseMessageTags(
      'A <AGENT_MESSAGE to="*">all</AGENT_MESSAGE>B' +
        "<AGENT_MESSAGE to='x' type='request'>ask</AGENT_MESSAGE>C" +
        '<AGENT_MESSAGE type="broadcast">every</AGENT_MESSAGE>' +
        '<AGENT_MESSAGE to="x" type="response" in-reply-to="7">yes</AGENT_MESSAGE >D',
    );
    assert.deepEqual(
      messages.map(({ to, kind, content, inReplyTo }) => [to, kind, content, inReplyTo]),
      [
        ['*', 'broadcast', 'all', null],
        ['x', 'request', 'ask', null],
        ['*', 'broadcast', 'every', null],
        ['x', 'response', 'yes', 7],
      ],
    );
    assert.equal(text, 'A BCD');
  });

  const broken: readonly (readonly [string, RegExp])[] = [
    ['<AGENT_MESSAGE>x</AGENT_MESSAGE>', /to whom/],
    ['<AGENT_MESSAGE to="">x</AGENT_MESSAGE>', /to whom/],
    ['<AGENT_MESSAGE to=x>x</AGENT_MESSAGE>', /to whom/],
    ['<AGENT_MESSAGE to="x"> \n </AGENT_MESSAGE>', /empty/],
    ['<AGENT_MESSAGE to="x" type="order">x</AGENT_MESSAGE>', /type/],
    ['<AGENT_MESSAGE to="x" type="response">x</AGENT_MESSAGE>', /in-reply-to/],
    ['<AGENT_MESSAGE to="x" type="response" in-reply-to="that">x</AGENT_MESSAGE>', /in-reply-to/],
    ['<AGENT_MESSAGE to="x">never ends', /closing/],
    ['```\n<AGENT_MESSAGE to="x">quoted</AGENT_MESSAGE>\n```', /code block/],
  ];
  for (const [answer, problem] of broken) {
    it(`sends nothing for ${JSON.stringify(answer)}, and says why`, () => {
      const read = parseMessageTags(answer);
      assert.deepEqual(read.messages, []);
      assert.equal(read.text, answer);
      assert.equal(read.problems.length, 1);
      assert.match(read.problems[0] ?? '', problem);
    });
  }

  it('leaves text alone that only looks similar', () => {
    for (const answer of [
      '<AGENT_MESSAGES to="x">a</AGENT_MESSAGES>',
      'a </AGENT_MESSAGE> b',
      '<agent_message to="x">',
    ]) {
      assert.deepEqual(parseMessageTags(answer), { messages: [], text: answer, problems: [] });
    }
  });

  it('sends the inner of two nested tags and keeps code blocks inside of a message', () => {
    const nested = parseMessageTags('<AGENT_MESSAGE to="a">x<AGENT_MESSAGE to="b">y</AGENT_MESSAGE>');
    assert.deepEqual([nested.messages.map(({ to }) => to), nested.problems.length], [['b'], 1]);
    const code = parseMessageTags('<AGENT_MESSAGE to="a">\n```ts\nf();\n```\n</AGENT_MESSAGE>\n```\nx\n```');
    assert.deepEqual([code.messages[0]?.content, code.text], ['```ts\nf();\n```', '\n```\nx\n```']);
  });

  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom('<AGENT_MESSAGE', ' to="a"', '>', '</AGENT_MESSAGE>', '<', '"', '\n```\n', ' type="request"'),
  );

  it('never throws, invents no text and loses none', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const answer = pieces.join('');
        const { messages, text } = parseMessageTags(answer);
        for (const { content } of messages) assert.ok(answer.includes(content));
        if (messages.length === 0) assert.equal(text, answer);
        const kept = text.length + messages.reduce((sum, { content }) => sum + content.length, 0);
        assert.ok(kept <= answer.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gets back what was written, with the text around it', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
    const content = fc.stringMatching(/^[^\s<`~][^<]{0,60}[^\s<`~]$/).filter((text) => text === text.trim());
    const around = fc.stringMatching(/^[^<`~]{0,30}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(around, word, content)), around, (parts, last) => {
        const answer = parts.map(([text, to, body]) => `${text}<AGENT_MESSAGE to="${to}">\n${body}\n</AGENT_MESSAGE>`);
        const read = parseMessageTags(answer.join('') + last);
        assert.deepEqual(
          read.messages.map(({ to, content: body }) => [to, body]),
          parts.map(([, to, body]) => [to, body]),
        );
        assert.equal(read.text, parts.map(([text]) => text).join('') + last);
      }),
    );
  });

  it('reads a megabyte of broken tags once', () => {
    for (const tag of [
      '<AGENT_MESSAGE ',
      '<AGENT_MESSAGE to="a">',
      '</AGENT_MESSAGE',
      '<AGENT_MESSAGE to=""></AGENT_MESSAGE>',
    ]) {
      const answer = tag.repeat(Math.ceil(1e6 / tag.length));
      assert.equal(parseMessageTags(answer).text, answer);
    }
  });
});
