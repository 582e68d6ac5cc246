/** The body of an answer with status 200; `broken`: the connection breaks after it. */
export interface AnswerBody {
  readonly bytes: Uint8Array;
  readonly broken: boolean;
}

/**
 * Lets `fetch` give these answers in order while `work` runs, and throw where there is none left. For answers by the thousand,
 * which sockets would take minutes for.
 */
export async function withAnswers<T>(answers: readonly (AnswerBody | Response)[], work: () => Promise<T>): Promise<T> {
  const real = globalThis.fetch;
  let next = 0;
  globalThis.fetch = async () => {
    const answer = answers[next++];
    if (!answer) throw new Error(`fetch: there is no answer number ${next}`);
    return answer instanceof Response ? answer : responseOf(answer);
  };
  try {
    return await work();
  } finally {
    globalThis.fetch = real;
  }
}

/** In two pieces, so that parsers meet a boundary inside of an event. */
function responseOf({ bytes, broken }: AnswerBody): Response {
  const middle = bytes.length >> 1;
  const pieces = [bytes.subarray(0, middle), bytes.subarray(middle)].filter((piece) => piece.length > 0);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      // A copy, as readers may take what they are given.
      if (piece) controller.enqueue(piece.slice());
      else if (broken) controller.error(new TypeError('terminated'));
      else controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
