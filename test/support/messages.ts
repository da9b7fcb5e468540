/** Cuts a stream of bytes into Kafka's messages, length included; each is a copy's view that may be changed. */
export function messages(onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const length = 4 + rest.readInt32BE(0);
      onMessage(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}
