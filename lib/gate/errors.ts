/** A budget or baseline that cannot be used; the message says where and what to do. */
export class GateInputError extends Error {
  override name = 'GateInputError';
}
