// Server-sent events, read from the body of a response: EventSource can neither send headers nor a body.

/** The data of each event as an object, until the stream ends. */
export async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = [];
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    let from = 0;
    for (let end = value.indexOf('\n'); end >= 0; end = value.indexOf('\n', from)) {
      const line = waiting.join('') + value.slice(from, end);
      waiting = [];
      from = end + 1;
      const data = line.startsWith('data:') ? line.slice(5).trim() : '';
      if (data !== '' && data !== '[DONE]') yield JSON.parse(data);
    }
    waiting.push(value.slice(from));
  }
}
