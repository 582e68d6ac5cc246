import type { Reply } from './scripted-server.ts';

const raw = (contentType: string, body: string | Buffer): Reply => ({ type: 'raw', status: 200, contentType, body });

/** Bytes that are no text in any encoding. */
const NOISE = Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28, 0x1b, 0x5d, 0x0d, 0xf0, 0x9f]);

/** Answers with status 200 that no vendor means, by what is wrong with them: of proxies, gateways and broken servers. */
export const GARBAGE: Readonly<Record<string, Reply>> = {
  'an error page in HTML': raw('text/html', '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>'),
  'an error page that calls itself a stream': raw('text/event-stream', '<html><body>Please log in</body></html>'),
  nothing: raw('text/event-stream', ''),
  'noise between the events of a stream': raw(
    'text/event-stream',
    Buffer.concat([Buffer.from('event: message_start\ndata: {"choices":[{"delta":{"cont'), NOISE, Buffer.from('\n\n')]),
  ),
  'noise under the name of a picture': raw('image/png', Buffer.concat([NOISE, NOISE, NOISE])),
  'an event that was cut off': raw(
    'text/event-stream',
    'data: {"choices":[{"index":0,"delta":{"content":"Hal\n\ndata: [DONE]\n\n',
  ),
  'a document that was cut off': raw('application/json', '{"choices":[{"message":{"content":"Hal'),
  'a document of another API': raw('application/json', '{"status":"ok","data":[1,2,3]}'),
  'an error instead of an answer': raw('application/json', '{"error":{"code":502,"message":"Upstream failed"}}'),
  'an error within a stream': raw(
    'text/event-stream',
    'event: error\ndata: {"type":"error","error":{"type":"api_error","code":502,"message":"Upstream failed"}}\n\n',
  ),
  'a stream of other events': raw('text/event-stream', 'event: ping\ndata: {}\n\nevent: status\ndata: {"load":3}\n\n'),
  'events that are no objects': raw('text/event-stream', 'data: 1\n\ndata: null\n\ndata: "text"\n\ndata: []\n\n'),
  'a line without an end': { type: 'endless-line' },
};
