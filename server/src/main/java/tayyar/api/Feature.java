package tayyar.api;

/** A feature that a request can ask for and not every model has. */
public enum Feature {
  /** Function calling. */
  TOOLS("tools"),
  /** An answer held to a form other than text. */
  RESPONSE_FORMAT("response_format"),
  /** Content parts that are not text: images, audio, files. */
  MEDIA("messages"),
  /** Log-probabilities of the tokens. */
  LOGPROBS("logprobs"),
  /** Token biases. */
  LOGIT_BIAS("logit_bias"),
  /** More than one choice for a prompt. */
  MULTIPLE_CHOICES("n"),
  /** The last message is the answer's beginning, to be continued. */
  CONTINUE("continue_final_message"),
  /** Spoken output. */
  AUDIO("modalities");

  private final String param;

  Feature(String param) {
    this.param = param;
  }

  /** The request's field that asks for it. */
  public String param() {
    return param;
  }
}
