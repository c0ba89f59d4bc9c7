package tayyar.messages;

import tayyar.api.InferenceRequest.Original;

/**
 * What a client of the Messages API sent, for targets that speak it too.
 *
 * @param body the bytes; not changed
 * @param untold the place of the first block that no chat can tell, or empty
 * @param stored the place where the operator's files at a target are named, or empty
 * @param version the field {@code anthropic-version}, or empty
 * @param beta the field {@code anthropic-beta}, or empty
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Sent(byte[] body, String untold, String stored, String version, String beta)
    implements Original {
  @Override
  public int bytes() {
    return body.length;
  }
}
