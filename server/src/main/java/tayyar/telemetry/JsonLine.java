package tayyar.telemetry;

import java.util.Arrays;
import tayyar.api.JsonText;

/**
 * Writes flat JSON objects, a line each, into a buffer that is reused. Not safe for use by more
 * than one thread.
 */
final class JsonLine implements Fields {
  private byte[] bytes = new byte[1024];
  private int end;
  private boolean first;

  /** Forgets all lines. */
  void clear() {
    end = 0;
  }

  /** Begins a line. */
  JsonLine begin() {
    put('{');
    first = true;
    return this;
  }

  /** Ends the line. */
  void end() {
    put('}');
    put('\n');
  }

  /** Holds the lines up to {@link #size}; to be read before the next call. */
  byte[] bytes() {
    return bytes;
  }

  /** Bytes of all lines. */
  int size() {
    return end;
  }

  @Override
  public void text(FieldName name, String value) {
    name(name);
    put('"');
    string(value);
    put('"');
  }

  @Override
  public void number(FieldName name, long value) {
    name(name);
    digits(value);
  }

  @Override
  public void flag(FieldName name, boolean value) {
    bare(name, value ? "true" : "false");
  }

  @Override
  public void millis(FieldName name, long micros) {
    name(name);
    digits(micros / 1000);
    put('.');
    int rest = (int) (micros % 1000);
    put('0' + rest / 100);
    if (rest % 100 != 0) {
      put('0' + rest / 10 % 10);
    }
    if (rest % 10 != 0) {
      put('0' + rest % 10);
    }
  }

  /** A value that is JSON already. */
  void bare(FieldName name, String json) {
    name(name);
    string(json);
  }

  private void name(FieldName name) {
    raw(name.json(), first ? 1 : 0);
    first = false;
  }

  /** Writes a string. Nearly all are ASCII without escapes; any other is escaped as a whole. */
  private void string(String text) {
    int length = text.length();
    makeRoom(length);
    byte[] to = bytes;
    int at = end;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
        escaped(text);
        return;
      }
      to[at++] = (byte) c;
    }
    end = at;
  }

  private void escaped(String text) {
    raw(JsonText.escape(text), 0);
  }

  private void raw(byte[] json, int from) {
    int length = json.length - from;
    makeRoom(length);
    System.arraycopy(json, from, bytes, end, length);
    end += length;
  }

  private void digits(long value) {
    if (value >= 0 && value < 10) {
      put('0' + (int) value);
    } else {
      string(Long.toString(value));
    }
  }

  private void put(int ascii) {
    makeRoom(1);
    bytes[end++] = (byte) ascii;
  }

  private void makeRoom(int more) {
    if (bytes.length - end < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, end + more));
    }
  }
}
