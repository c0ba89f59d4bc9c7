package tayyar.engine;

/**
 * A prompt's text, with which its answers begin.
 *
 * @param text UTF-8
 * @param from the first of the prompt's tokens that is of the text: one is put in front of some
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Echo(byte[] text, int from) {}
