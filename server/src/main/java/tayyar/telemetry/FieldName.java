package tayyar.telemetry;

import tayyar.api.JsonText;

/** The name of a field of log lines, encoded once. */
final class FieldName {
  private final String text;
  private final byte[] json;

  /** A name of any characters. */
  FieldName(String text) {
    this.text = text;
    byte[] its = JsonText.escape(text);
    this.json = new byte[its.length + 4];
    json[0] = ',';
    json[1] = '"';
    System.arraycopy(its, 0, json, 2, its.length);
    json[json.length - 2] = '"';
    json[json.length - 1] = ':';
  }

  String text() {
    return text;
  }

  /** The name as it stands in an object behind another member, from its comma to its colon. */
  byte[] json() {
    return json;
  }
}
