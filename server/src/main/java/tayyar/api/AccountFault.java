package tayyar.api;

/** Why a valid key's request is refused for whose it is; see {@link ApiError.OfAccount}. */
public sealed interface AccountFault {
  /** Status, code and words. */
  ErrorFacts facts();

  /** The organisation is suspended. */
  record Suspended(String organisation) implements AccountFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          403,
          "organisation_suspended",
          "The organisation '"
              + organisation
              + "' is suspended. Ask the operator of this service.");
    }
  }

  /** The key, or its organisation's plan, does not have the model. */
  record ModelNotAllowed(String model) implements AccountFault {
    @Override
    public ErrorFacts facts() {
      String message = "This API key may not use the model '" + Clip.marked(200, model) + "'.";
      return new ErrorFacts(403, "model_not_allowed", "model", message);
    }
  }

  /** No server of the model is where the organisation's requests may be answered. */
  record RegionNotAllowed(String model) implements AccountFault {
    @Override
    public ErrorFacts facts() {
      String message =
          "The model '"
              + Clip.marked(200, model)
              + "' has no server in the regions that your organisation allows.";
      return new ErrorFacts(403, "region_not_allowed", "model", message);
    }
  }

  /**
   * The organisation's requests may not come from where the client is.
   *
   * @param address the client's; empty where it is unknown
   */
  record IpNotAllowed(String address) implements AccountFault {
    @Override
    public ErrorFacts facts() {
      String from = address.isEmpty() ? "an unknown address" : "the address " + address;
      return new ErrorFacts(
          403, "ip_not_allowed", "This API key may not be used from " + from + ".");
    }
  }

  /** The balance is used up, or does not cover the request. */
  record QuotaExceeded(String organisation) implements AccountFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          402,
          "quota_exceeded",
          "The balance of '" + organisation + "' does not cover this request. Top it up.");
    }
  }

  /** The store does not say in time what is left of the balance, or other gateways have it. */
  record BalanceUnknown(String organisation) implements AccountFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503,
          "balance_unknown",
          "What is left of the balance of '"
              + organisation
              + "' is not known here at the moment. Try again soon.");
    }
  }

  /** The model has no price, so nobody who pays may use it. */
  record NoPrice(String model) implements AccountFault {
    @Override
    public ErrorFacts facts() {
      String message =
          "The model '"
              + Clip.marked(200, model)
              + "' has no price yet. Ask the operator of this service.";
      return new ErrorFacts(503, "no_price", "model", message);
    }
  }

  /** The organisation has no such request. */
  record RequestNotFound(String id) implements AccountFault {
    @Override
    public ErrorFacts facts() {
      String message =
          "Your organisation has no request '"
              + Clip.marked(100, id)
              + "', or it is not over yet. A row is there a moment after the answer's end.";
      return new ErrorFacts(404, "request_not_found", "id", message);
    }
  }

  /** The rows of the time that was asked for are too many to be added up at once. */
  record TooMuchToSum() implements AccountFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          400,
          "too_much_to_sum",
          "from",
          "That is too much to add up at once. Ask for fewer days.");
    }
  }

  /** The key's time is over. */
  record KeyExpired() implements AccountFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(401, "key_expired", "This API key has expired.");
    }
  }
}
