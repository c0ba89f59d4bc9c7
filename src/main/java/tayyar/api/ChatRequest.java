package tayyar.api;

import java.util.List;
import java.util.Set;

/**
 * What we need of the body of POST /v1/chat/completions, checked once.
 *
 * @param model the model's name as the client wrote it
 * @param messages at least one
 * @param stream whether the answer is wanted as server-sent events
 * @param includeUsage whether a stream ends with a usage chunk
 * @param sampling how tokens are chosen
 * @param stop stop strings, none of them empty; at most 16
 * @param features what the request asks for beyond plain text
 * @param body the original bytes; never changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy of each body would be waste
public record ChatRequest(
    String model,
    List<Message> messages,
    boolean stream,
    boolean includeUsage,
    Sampling sampling,
    List<String> stop,
    Set<Feature> features,
    byte[] body) {}
