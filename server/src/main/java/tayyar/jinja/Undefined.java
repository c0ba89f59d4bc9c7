package tayyar.jinja;

/**
 * The value of a missing name or member. It prints as nothing, is false and empty; any other use
 * fails and says why it is missing.
 */
record Undefined(String why) {
  static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  Fault fault() {
    return new Fault(why);
  }
}
