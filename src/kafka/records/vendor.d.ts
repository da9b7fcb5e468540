/** What is used of snappyjs, which brings no types. */
declare module 'snappyjs' {
  /** Compresses into one raw snappy block. */
  export function compress(bytes: Uint8Array): Uint8Array;
}
