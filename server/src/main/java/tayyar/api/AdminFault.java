package tayyar.api;

/** Why the operator's listener refuses a request; see {@link ApiError.OfAdmin}. */
public sealed interface AdminFault {
  /** Status, code and words. */
  ErrorFacts facts();

  /** A foreign page in the operator's browser sent a request to the operator's listener. */
  record ForeignCaller(String field, String value) implements AdminFault {
    @Override
    public ErrorFacts facts() {
      String message = "The " + field + " '" + value + "' is not this listener's own.";
      return new ErrorFacts(403, "foreign_caller", message);
    }
  }

  /** The configuration to reload would be refused at a start. */
  record InvalidConfiguration(String why) implements AdminFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(400, "invalid_configuration", why);
    }
  }

  /** No admin token, or one that nobody issued, or a revoked one. */
  record InvalidToken() implements AdminFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          401,
          "invalid_admin_token",
          "The admin token is missing or not valid. Send it as 'Authorization: Bearer tat-...';"
              + " tayyar admin-tokens create makes one.");
    }
  }

  /** The token's role does not allow it. */
  record RoleNotAllowed(String role) implements AdminFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          403, "role_not_allowed", "A token of the role '" + role + "' may not do this.");
    }
  }

  /** The values contradict a rule. */
  record Invalid(String sentence) implements AdminFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(400, "invalid_value", sentence);
    }
  }

  /** What is named is not there. */
  record Missing(String sentence) implements AdminFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(404, "not_found", sentence);
    }
  }

  /** It contradicts what is there. */
  record Conflict(String sentence) implements AdminFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(409, "conflict", sentence);
    }
  }

  /** The store can't be read or written. */
  record StoreUnavailable() implements AdminFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503, "store_unavailable", "The store cannot be used at the moment. Try again soon.");
    }
  }

  /** Returns the fault of something that a rule forbids. */
  static AdminFault of(RuleException e) {
    String sentence = String.valueOf(e.getMessage());
    return switch (e.why()) {
      case INVALID -> new Invalid(sentence);
      case MISSING -> new Missing(sentence);
      case CONFLICT -> new Conflict(sentence);
      case STORE -> new StoreUnavailable();
    };
  }
}
