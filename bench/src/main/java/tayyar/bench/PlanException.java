package tayyar.bench;

/** An impossible setting; the message is a sentence for the person who chose it. */
public final class PlanException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal with its sentence. */
  public PlanException(String sentence) {
    super(sentence);
  }
}
