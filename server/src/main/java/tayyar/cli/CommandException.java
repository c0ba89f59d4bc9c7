package tayyar.cli;

/** The command can't be done; the message is a sentence for the person who typed it. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandException(String sentence) {
    super(sentence);
  }
}
