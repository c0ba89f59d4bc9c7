package tayyar.bench;

/** A setting that can't be; the message is a sentence for the person who made it. */
public final class PlanException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal with its sentence. */
  public PlanException(String sentence) {
    super(sentence);
  }
}
