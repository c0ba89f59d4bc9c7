package tayyar.jinja;

/**
 * The value of what is not there. It prints as nothing, is false and empty; whoever asks more of it
 * is told why it is not there.
 */
record Undefined(String why) {
  static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  Fault fault() {
    return new Fault(why);
  }
}
