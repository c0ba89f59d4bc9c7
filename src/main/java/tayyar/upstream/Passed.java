package tayyar.upstream;

import tayyar.api.Trace;

/**
 * What a target is told of the request besides its body.
 *
 * @param requestId the X-Request-Id
 * @param trace the trace's header fields, where there is one
 */
public record Passed(String requestId, Trace trace) {}
