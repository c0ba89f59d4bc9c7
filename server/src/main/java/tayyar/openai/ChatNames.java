package tayyar.openai;

import tayyar.api.InferenceRequest.Original;

/**
 * What a chat names of the things that are stored at its target.
 *
 * @param bytes of its body
 * @param stored the first place
 */
record ChatNames(int bytes, String stored) implements Original {}
